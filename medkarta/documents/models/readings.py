"""What the portal has read in a document: its words, and how well it keeps to its guide."""

from django.db import models

from medkarta.documents.models.documents import MedicalDocument


class DocumentReading(models.Model):
    """What was read once when the CDA file of a document arrived. The file itself stays as it came."""

    document = models.OneToOneField(
        MedicalDocument, models.CASCADE, primary_key=True, db_constraint=False, related_name="reading"
    )
    content_sha256 = models.CharField(max_length=64, help_text="Of the file that was read")
    text = models.TextField(blank=True, help_text="Words of the body in reading order, bounded")
    is_conforming = models.BooleanField(null=True, help_text="None: nobody has given the rules of its template")
    findings = models.JSONField(default=list, help_text="Where it does not conform, in the words of the rules")
    notes = models.JSONField(default=list, help_text="What could not be read, in words for people")

    def __str__(self) -> str:
        return f"DocumentReading {self.pk}"
