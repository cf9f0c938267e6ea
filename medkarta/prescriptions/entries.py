"""What the index of words knows of prescriptions: the drug by all its names, how it is taken, who prescribed it."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from medkarta.prescriptions.models import Prescription
from medkarta.search import actions as search

KIND = "prescription"


def entries() -> Iterator[search.Entry]:
    """Yield an entry for each prescription that is shown, for making the index anew."""
    return (_entry(row) for row in _shown(Prescription.objects.all()).order_by("pk").iterator(chunk_size=500))


def enter(*, prescriptions: Collection[UUID], drugs: Collection[UUID]) -> None:
    """Enter prescriptions, and those of drugs that have come or changed; what is not shown is found no more."""
    if not (prescriptions or drugs):
        return
    told = Prescription.objects.filter(Q(pk__in=prescriptions) | Q(medication_id__in=drugs))
    rows = list(_shown(told))
    search.put(_entry(row) for row in rows)
    if gone := set(prescriptions) - {row.pk for row in rows}:
        search.drop(KIND, gone)


def _shown(found: QuerySet[Prescription]) -> QuerySet[Prescription]:
    return found.filter(is_withdrawn=False).exclude(status="draft").select_related("medication", "practitioner")


def _entry(row: Prescription) -> search.Entry:
    # A link that binds nothing may lead nowhere.
    linked: Any = row
    drug, doctor = linked.medication, linked.practitioner
    names = [row.drug_name, *((drug.name, drug.substances) if drug else ()), row.drug_display]
    shown = list(dict.fromkeys(name for name in names if name))
    parts = (*shown[1:], row.number, row.dosage, row.note, doctor.full_name if doctor else row.practitioner_name)
    return search.Entry(
        kind=KIND,
        subject_id=row.pk,
        patient_id=row.patient_id,
        title=shown[0] if shown else "",
        text=". ".join(part for part in (*parts, row.facility_name) if part),
        dated_at=row.authored_at,
        is_restricted=row.is_restricted,
    )
