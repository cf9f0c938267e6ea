"""The time of a visit in words."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from medkarta.ui import format


def period(started_at: datetime | None, ended_at: datetime | None, *, has_time: bool) -> str:
    """«чт, 26 ноября, 08:40–09:00»; days alone where the hour is unknown or the visit lasted for days."""
    if started_at is None:
        return _("не указано") if ended_at is None else _("до %(day)s") % {"day": format.day(ended_at)}
    first = format.when(started_at) if has_time else format.day(started_at)
    if ended_at is None or ended_at <= started_at:
        return first
    zone = timezone.get_current_timezone()
    if started_at.astimezone(zone).date() != ended_at.astimezone(zone).date():
        return f"{format.day(started_at)} – {format.day(ended_at)}"
    return f"{first}–{format.time_of(ended_at)}" if has_time else first
