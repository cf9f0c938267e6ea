"""Which documents a scope may see, with the names that pages show."""

from typing import Any

from django.db.models import OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from medkarta.core.scopes import PatientScope
from medkarta.documents.models import MedicalDocument


def seen_by(scope: PatientScope) -> QuerySet[Any]:
    """Return the documents of a record that this scope may see, with the name of the clinic as `place`."""
    return with_place(MedicalDocument.objects.for_scope(scope))


def with_place(found: QuerySet[Any]) -> QuerySet[Any]:
    """Name the clinic of each document as the directory does, else as its sender did."""
    names = (NullIf("facility__short_name", Value("")), NullIf("facility__name", Value("")), "facility_name")
    named: QuerySet[Any] = found.annotate(place=Coalesce(*names, output_field=TextField()))
    return named


def replacements(scope: PatientScope) -> QuerySet[Any]:
    """Return documents of the same patient that say of themselves that they replace the outer one.

    The patient is compared as an expression, which no index serves: SQLite would take that of the patient and read all
    of his documents for each.
    """
    found: QuerySet[Any] = MedicalDocument.objects.for_scope(scope).alias(whose=Coalesce("patient_id", "patient_id"))
    return found.filter(replaces_id=OuterRef("pk"), whose=OuterRef("patient_id"))


def later_versions(scope: PatientScope) -> QuerySet[Any]:
    """Return documents that are higher versions of the outer one."""
    found: QuerySet[Any] = MedicalDocument.objects.for_scope(scope).filter(
        set_id=OuterRef("set_id"), version__gt=OuterRef("version"), patient_id=OuterRef("patient_id")
    )
    return found


def earlier_versions(scope: PatientScope) -> QuerySet[Any]:
    """Return documents that are lower versions of the outer one."""
    found: QuerySet[Any] = MedicalDocument.objects.for_scope(scope).filter(
        set_id=OuterRef("set_id"), version__lt=OuterRef("version"), patient_id=OuterRef("patient_id")
    )
    return found


def author() -> Coalesce:
    return Coalesce(
        NullIf("practitioner__full_name", Value("")),
        NullIf("practitioner_role__practitioner__full_name", Value("")),
        NullIf("practitioner_role__practitioner_name", Value("")),
        "practitioner_name",
        output_field=TextField(),
    )


def is_superseded(status: str) -> bool:
    return status == MedicalDocument.Status.SUPERSEDED
