"""A clinic's time in words: «08:40 по времени Екатеринбурга (UTC+5)»."""

from datetime import UTC, datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from medkarta.ui import format

_CITIES = {
    "Europe/Kaliningrad": _("Калининграда"),
    "Europe/Moscow": _("Москвы"),
    "Europe/Simferopol": _("Симферополя"),
    "Europe/Kirov": _("Кирова"),
    "Europe/Volgograd": _("Волгограда"),
    "Europe/Samara": _("Самары"),
    "Europe/Astrakhan": _("Астрахани"),
    "Europe/Saratov": _("Саратова"),
    "Europe/Ulyanovsk": _("Ульяновска"),
    "Asia/Yekaterinburg": _("Екатеринбурга"),
    "Asia/Omsk": _("Омска"),
    "Asia/Novosibirsk": _("Новосибирска"),
    "Asia/Barnaul": _("Барнаула"),
    "Asia/Tomsk": _("Томска"),
    "Asia/Novokuznetsk": _("Новокузнецка"),
    "Asia/Krasnoyarsk": _("Красноярска"),
    "Asia/Irkutsk": _("Иркутска"),
    "Asia/Chita": _("Читы"),
    "Asia/Yakutsk": _("Якутска"),
    "Asia/Khandyga": _("Хандыги"),
    "Asia/Vladivostok": _("Владивостока"),
    "Asia/Ust-Nera": _("Усть-Неры"),
    "Asia/Magadan": _("Магадана"),
    "Asia/Sakhalin": _("Южно-Сахалинска"),
    "Asia/Srednekolymsk": _("Среднеколымска"),
    "Asia/Kamchatka": _("Петропавловска-Камчатского"),
    "Asia/Anadyr": _("Анадыря"),
}


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def time_words(moment: datetime, zone: tzinfo) -> str:
    """Return the time of a moment in a zone, with the zone's city, where it has a name here, and its offset then."""
    values = {"time": format.time_of(moment, tz=zone), "offset": offset_words(moment, zone)}
    city = _CITIES.get(getattr(zone, "key", ""))
    if city is None:
        return "{time} ({offset})".format(**values)
    return gettext("%(time)s по времени %(city)s (%(offset)s)") % {**values, "city": city}


def is_other(moment: datetime, zone: tzinfo) -> bool:
    """Tell whether a clinic's clock differs at a moment from the one that the portal's pages show."""
    return moment.astimezone(zone).utcoffset() != timezone.localtime(moment).utcoffset()


def other_time_words(moment: datetime, zone: tzinfo) -> str:
    """Return `time_words` where the clinic's clock differs, "" elsewhere."""
    return time_words(moment, zone) if is_other(moment, zone) else ""


def offset_words(moment: datetime, zone: tzinfo) -> str:
    """Return «UTC+5», «UTC−3:30» or «UTC» for the offset that a zone has at a moment."""
    offset = moment.astimezone(zone).utcoffset() or timedelta(0)
    minutes = abs(int(offset.total_seconds())) // 60
    if not minutes:
        return "UTC"
    sign = "+" if offset > timedelta(0) else "−"
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02d}" if minutes % 60 else "")
