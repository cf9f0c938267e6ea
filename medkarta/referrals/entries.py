"""What the index of words knows of referrals: what for, why, how to prepare, who referred and where to."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from medkarta.referrals.models import Referral
from medkarta.search import actions as search

KIND = "referral"


def entries() -> Iterator[search.Entry]:
    """Yield an entry for each referral that counts, for making the index anew."""
    found: QuerySet[Referral] = Referral.objects.filter(is_withdrawn=False).order_by("pk")
    return (_entry(row) for row in found.iterator(chunk_size=500))


def enter(rows: Iterable[Referral]) -> None:
    """Enter referrals; those that are withdrawn are found no more."""
    told = list(rows)
    search.put(_entry(row) for row in told if not row.is_withdrawn)
    if gone := [row.pk for row in told if row.is_withdrawn]:
        search.drop(KIND, gone)


def _entry(row: Referral) -> search.Entry:
    names = list(dict.fromkeys(name for name in (row.department, row.what) if name))
    parts = (*names[1:], row.number, row.reason, row.instructions, row.comment, row.practitioner_name)
    return search.Entry(
        kind=KIND,
        subject_id=row.pk,
        patient_id=row.patient_id,
        title=names[0] if names else "",
        text=". ".join(part for part in (*parts, row.facility_name) if part),
        dated_at=row.issued_at,
        is_restricted=row.is_restricted,
    )
