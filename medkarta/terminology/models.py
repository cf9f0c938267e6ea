"""Rows of official dictionaries that an operator has loaded."""

from django.db import models


class DocumentEdition(models.Model):
    """One row of НСИ 1.2.643.5.1.13.13.11.1520: an edition of a kind of document."""

    code = models.CharField(max_length=16, primary_key=True, help_text="Column OID: the code that documents bear")
    type = models.CharField(max_length=16, help_text="The kind, in 1.2.643.5.1.13.13.11.1522")
    name = models.CharField(max_length=500)
    template = models.CharField(max_length=64, blank=True, help_text="Template without its revision, or with it")
    is_shown = models.BooleanField(default=True, help_text="SHOW_PATIENT")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    dictionary_version = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"DocumentEdition {self.code}"
