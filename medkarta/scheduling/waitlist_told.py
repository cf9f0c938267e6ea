"""What the page of a waiting entry says in words: the place and why, a forecast, when the person can come."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.core.errors import Text
from medkarta.scheduling.queries.waitlist import PACE_DAYS, Waiting
from medkarta.scheduling.rules import waitlist
from medkarta.scheduling.rules.waitlist import Priority
from medkarta.ui import format

_WHY: dict[int, Text] = {
    Priority.DISPLACED: gettext_lazy("Клиника отменила ваш приём, поэтому вам предлагаем раньше других."),
    Priority.URGENT_REFERRAL: gettext_lazy("По вашему направлению ждать нельзя, поэтому вам предлагаем раньше других."),
    Priority.LIMIT_PASSED: gettext_lazy("Срок ожидания по программе госгарантий прошёл: вы впереди обычных заявок."),
    Priority.BENEFIT: gettext_lazy("У вас право на приём вне очереди."),
    Priority.ORDINARY: gettext_lazy("Порядок — по времени заявки."),
    Priority.SWAP: gettext_lazy("Вы уже записаны, поэтому сначала предлагаем тем, у кого записи ещё нет."),
}
_SHORT_DAYS = (
    gettext_lazy("пн"), gettext_lazy("вт"), gettext_lazy("ср"), gettext_lazy("чт"), gettext_lazy("пт"),
    gettext_lazy("сб"), gettext_lazy("вс"),
)  # fmt: skip


def place(found: Waiting) -> str:
    """Return «Впереди 4 заявки» or that nobody is before."""
    ahead = (found.place or 1) - 1
    if not ahead:
        return _("Вы первый в очереди")
    return _("Впереди %(count)s") % {"count": format.counted(ahead, _("заявка"), _("заявки"), _("заявок"))}


def why(found: Waiting) -> Text:
    return _WHY.get(found.priority, _WHY[Priority.ORDINARY])


def forecast(found: Waiting) -> str:
    """Return when the turn may come at the pace of the last days; promises nothing."""
    if found.forecast is None:
        return _("Пока неизвестно")
    return _("Примерно через %(wait)s") % {
        "wait": format.counted(found.forecast, _("день"), _("дня"), _("дней")),
    }


def pace(found: Waiting) -> str:
    """Return what the forecast goes by."""
    days = format.counted(PACE_DAYS, _("день"), _("дня"), _("дней"))
    if not found.freed:
        return _("За %(days)s таких времён не освобождалось.") % {"days": days}
    count = format.counted(found.freed, _("время"), _("времени"), _("времён"))
    return _("За %(days)s освободилось %(count)s.") % {"days": days, "count": count}


def hours(window: waitlist.Window) -> str:
    """Return «пн, ср, с 09:00 до 13:00» or that any time suits."""
    days = [str(name) for number, name in enumerate(_SHORT_DAYS) if window.weekdays & 1 << number]
    parts = [_("в любой день недели") if len(days) == len(_SHORT_DAYS) else ", ".join(days)]
    if window.minute_from:
        parts.append(_("не раньше %(time)s") % {"time": _clock(window.minute_from)})
    if window.minute_to < 1440:
        parts.append(_("не позже %(time)s") % {"time": _clock(window.minute_to)})
    return ", ".join(parts)


def left(deadline: datetime, *, now: datetime) -> str:
    """Return how long an answer is awaited: «3 часа 40 минут»."""
    minutes = max(int((deadline - now).total_seconds()) // 60, 0)
    if not minutes:
        return _("меньше минуты")
    whole, rest = divmod(minutes, 60)
    parts = [
        format.counted(whole, _("час"), _("часа"), _("часов")) if whole else "",
        format.counted(rest, _("минута"), _("минуты"), _("минут")) if rest else "",
    ]
    return " ".join(part for part in parts if part)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
