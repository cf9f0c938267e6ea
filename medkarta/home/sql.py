"""The one statement of the home page, put together from the fragments that the rooms publish."""

from functools import cache

from medkarta.documents import sql as documents
from medkarta.pages import sql as pages
from medkarta.prescriptions import sql as prescriptions
from medkarta.referrals import sql as referrals
from medkarta.results import sql as results
from medkarta.scheduling import sql as scheduling

NAMES = (
    "appointments",
    "home_visits",
    "waitlist",
    "marks",
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
        scheduling.upcoming_appointments(),
        scheduling.upcoming_home_visits(),
        scheduling.live_waitlist_entries(),
        scheduling.month_marks(),
        referrals.expiring_referrals(),
        prescriptions.expiring(),
        documents.recent(),
        results.recent(),
        pages.announcements(),
    )
    return f"SELECT {', '.join(parts)}"
