"""The bell's part of the one access statement, which names the account as `a.id` and the moment as `now`."""

from medkarta.mailer.rules import SHOWN_AT_MOST


def unread() -> str:
    """Return a sub-select of how many notices wait unread, at most `SHOWN_AT_MOST`."""
    return (
        "(SELECT count(*) FROM (SELECT 1 FROM mailer_notice n WHERE n.account_id = a.id AND n.read_at IS NULL"  # noqa: S608
        f" AND n.shown_at <= %(now)s LIMIT {SHOWN_AT_MOST}) x)"
    )
