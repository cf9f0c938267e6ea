"""Abstract bases of the rooms' tables, and the order of their lists."""

from collections.abc import Iterable
from typing import Self, TypeVar

from django.db import models
from django.db.models import Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, NullIf

from medkarta.core.ids import new_id
from medkarta.core.scopes import PatientScope

Row = TypeVar("Row", bound="models.Model", covariant=True)


class BaseModel(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"  # never a name, a date or a diagnosis: this ends up in logs


class RecordQuerySet(models.QuerySet[Row]):
    def for_scope(self, scope: PatientScope) -> Self:
        """Keep what this scope may see: the person's rows, not withdrawn, not under secrecy that binds it."""
        found = self.filter(patient__person_id=scope.person_id, is_withdrawn=False)
        return found if scope.shows_restricted else found.filter(is_restricted=False)

    def locked_for(self, scope: PatientScope) -> Self:
        """Keep the rows that the owner would see after proving himself again."""
        return self.filter(patient__person_id=scope.person_id, is_withdrawn=False, is_restricted=True)


class RecordModel(BaseModel):
    """One row of a person's record that a hospital's system sent.

    The primary key is `core.ids.resource_id(source, type, rid)` of its FHIR resource.
    """

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    is_restricted = models.BooleanField(default=False)
    is_withdrawn = models.BooleanField(default=False, help_text="entered-in-error at the source: hidden, kept")

    class Meta:
        abstract = True


def loose_link(to: str) -> models.ForeignKey:
    """Return a link that is no constraint of the database: its target may arrive later or never."""
    return models.ForeignKey(to, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+")


def first_of(*names: str) -> Coalesce:
    """Return the first of some texts that is not empty, in the database."""
    return Coalesce(*(NullIf(name, Value("")) for name in names), Value(""), output_field=models.TextField())


def unknown_last(names: Iterable[str]) -> list[OrderBy]:
    """Return `order_by` arguments for names (`-name` for descending); rows without a value stand last either way."""
    return [
        models.F(name.removeprefix("-")).desc(nulls_last=True)
        if name.startswith("-")
        else models.F(name).asc(nulls_last=True)
        for name in names
    ]
