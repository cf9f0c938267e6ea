"""The one statement of the home page, put together from the fragments that the rooms publish."""

from functools import cache

from medkarta.documents import sql as documents
from medkarta.pages import sql as pages
from medkarta.patients import sql as patients
from medkarta.prescriptions import sql as prescriptions
from medkarta.referrals import sql as referrals
from medkarta.results import sql as results
from medkarta.scheduling import sql as scheduling

NAMES = (
    "served",
    "referrals",
    "prescriptions",
    "documents",
    "results",
    "announcements",
)


@cache
def statement() -> str:
    """Return the statement; its columns are JSON texts in the order of `NAMES`."""
    parts = (
        scheduling.served(),
        referrals.expiring_referrals(),
        prescriptions.expiring(),
        documents.recent(),
        results.recent(),
        pages.announcements(),
    )
    return f"{patients.OWN} SELECT {', '.join(parts)}"
