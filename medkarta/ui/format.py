"""How dates, ages, numbers and names are written on pages and in letters.

Every function takes None and then returns «не указан» (or the word given as `missing`).
Times are shown in Django's current time zone unless `tz` says another; texts follow the active language.
Source of the forms: the portal's own style (a year only when it is not the current one).
"""

import re
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language, gettext

NBSP = "\u00a0"

_DAYS = {
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_LONG_DAYS = {
    "ru": ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "ru": (
        "января", "февраля", "марта", "апреля", "мая", "июня",
        "июля", "августа", "сентября", "октября", "ноября", "декабря",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_MONTH_TITLES = {
    "ru": (
        "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь",
        "Июль", "Август", "Сентябрь", "Октябрь", "Ноябрь", "Декабрь",
    ),
    "en": _MONTHS["en"],
}  # fmt: skip
_GROUPED_FROM = 10_000
_TIED = re.compile(
    r"(№|\b(?:ул|д|кв|г|пр|просп|пер|наб|пос|корп|стр|каб)\.) (?=\S)"  # a sign or a short word and its name
    r"|(,) (?=\d+[А-Яа-я]?(?:,|$))"  # a house and its street
    r"|(\d) (?=(?:мк?г|мл|г|МЕ|ЕД)\b)"  # a figure and its unit
)


def language() -> str:
    """Return "en" for English and "ru" for everything else."""
    return "en" if (get_language() or "ru").startswith("en") else "ru"


def unknown(missing: str | None = None) -> str:
    """Return the words for a value that nobody gave."""
    return gettext("не указан") if missing is None else missing


def when(value: datetime | None, *, tz: tzinfo | None = None, missing: str | None = None) -> str:
    """«чт, 26 ноября, 08:40»; with the year when it is not the current one. `value` is aware."""
    if value is None:
        return unknown(missing)
    zone, spoken = _zone(tz), language()
    local = value.astimezone(zone)
    return f"{_DAYS[spoken][local.weekday()]}, {_date(local, zone, spoken)}, {local.hour:02d}:{local.minute:02d}"


def day(value: date | None, *, tz: tzinfo | None = None, missing: str | None = None) -> str:
    """«чт, 26 ноября»; with the year when it is not the current one. Takes a date or an aware datetime."""
    if value is None:
        return unknown(missing)
    zone, spoken = _zone(tz), language()
    local = _local(value, zone)
    return f"{_DAYS[spoken][local.weekday()]}, {_date(local, zone, spoken)}"


def day_and_month(value: date | None, *, tz: tzinfo | None = None, missing: str | None = None) -> str:
    """«26 ноября», without the weekday; with the year when it is not the current one."""
    if value is None:
        return unknown(missing)
    zone = _zone(tz)
    return _date(_local(value, zone), zone, language())


def long_day(value: date | None, *, tz: tzinfo | None = None, missing: str | None = None) -> str:
    """«понедельник, 23 ноября»: for the line under the greeting."""
    if value is None:
        return unknown(missing)
    zone, spoken = _zone(tz), language()
    local = _local(value, zone)
    return f"{_LONG_DAYS[spoken][local.weekday()]}, {_date(local, zone, spoken)}"


def figures(value: date | None, *, tz: tzinfo | None = None, missing: str | None = None) -> str:
    """«26.11.2026», for columns of figures. Takes a date or an aware datetime."""
    if value is None:
        return unknown(missing)
    local = _local(value, _zone(tz)) if isinstance(value, datetime) else value
    return f"{local.day:02d}.{local.month:02d}.{local.year:04d}"


def time_of(value: datetime | None, *, tz: tzinfo | None = None, missing: str | None = None) -> str:
    """«08:40»."""
    if value is None:
        return unknown(missing)
    local = value.astimezone(_zone(tz))
    return f"{local.hour:02d}:{local.minute:02d}"


def month_title(year: int, month: int) -> str:
    """«Ноябрь 2026». `month` is 1 to 12."""
    return f"{_MONTH_TITLES[language()][month - 1]}{NBSP}{year}"


def month_name(month: int) -> str:
    """«ноябрь» as a word inside a sentence; «November» in English. `month` is 1 to 12."""
    name = _MONTH_TITLES[language()][month - 1]
    return name.lower() if language() == "ru" else name


def full_years(birth: date, today: date) -> int:
    """Return the age in full years. A person born on 29 February is a year older on 1 March."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def age_words(birth: date | None, today: date | None = None, *, missing: str | None = None) -> str:
    """«7 лет»; below one year «5 месяцев», below a month «меньше месяца». `today` defaults to the local day."""
    if birth is None:
        return unknown(missing)
    today = today or timezone.localdate()
    years = full_years(birth, today)
    months = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    english = language() == "en"
    if years > 0:
        return counted(years, *(("year", "years", "years") if english else ("год", "года", "лет")))
    if months > 0:
        return counted(months, *(("month", "months", "months") if english else ("месяц", "месяца", "месяцев")))
    return gettext("меньше месяца")


def plural(count: int, one: str, few: str, many: str) -> str:
    """Return the word that goes with a count: 1 запись, 2 записи, 5 записей.

    English takes `one` or `few`: the Russian `many` may be spelled like `one` (1 человек, 5 человек).
    """
    if language() == "en":
        return one if count == 1 else few
    tail, teens = abs(count) % 10, abs(count) % 100 // 10 == 1
    if tail == 1 and not teens:
        return one
    return few if tail in (2, 3, 4) and not teens else many


def counted(count: int, one: str, few: str, many: str) -> str:
    """«2 записи»: the count, a non-breaking space and the word."""
    return f"{count}{NBSP}{plural(count, one, few, many)}"


def number(value: Decimal | float | None, *, missing: str | None = None) -> str:
    """«6,1», «12 500»: a decimal comma, digits kept as given, groups of three from 10 000 on.

    English takes a point and a comma. A float is written as Python shows it; give a Decimal for measurements.
    """
    if value is None:
        return unknown(missing)
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    sign, text = ("−", text[1:]) if text.startswith("-") else ("", text)
    whole, point, rest = text.partition(".")
    english = language() == "en"
    if whole.isdigit() and int(whole) >= _GROUPED_FROM:
        whole = f"{int(whole):,}".replace(",", "," if english else NBSP)
    return f"{sign}{whole}{('.' if english else ',') if point else ''}{rest}"


def short_name(full_name: str | None, *, missing: str | None = None) -> str:
    """«Петрова Е. С.» from «Петрова Елена Сергеевна». Parts in lower case (оглы, кызы) are left out."""
    if not full_name or not full_name.strip():
        return unknown(missing)
    family, *given = full_name.split()
    return NBSP.join([family, *(f"{part[0]}." for part in given if part[0].isupper())])


def initials(full_name: str | None) -> str:
    """«АИ» from «Иванова Анна Сергеевна», for an avatar; empty for an unknown name."""
    parts = (full_name or "").split()
    return "".join(part[0].upper() for part in (parts[1:2] + parts[:1]))


def tied(text: Any) -> Any:
    """Join by non-breaking spaces what reads as one: «№ 3», «ул. Мира, 7», «50 мг». Anything but a `str` stays."""
    return _TIED.sub(rf"\1\2\3{NBSP}", text) if type(text) is str else text


def _local(value: date, zone: tzinfo) -> date:
    return value.astimezone(zone) if isinstance(value, datetime) else value


def _date(local: date, zone: tzinfo, spoken: str) -> str:
    text = f"{local.day}{NBSP}{_MONTHS[spoken][local.month - 1]}"
    return text if local.year == datetime.now(zone).year else f"{text} {local.year}"


def zone_of(name: str | None) -> tzinfo:
    """Return a clinic's time zone by its name; the portal's own for an empty or unknown one."""
    try:
        return ZoneInfo(name) if name else timezone.get_current_timezone()
    except (ValueError, OSError, KeyError):
        return timezone.get_current_timezone()


def _zone(tz: tzinfo | None) -> tzinfo:
    return tz or timezone.get_current_timezone()


FILTERS: dict[str, Callable[..., Any]] = {
    "when": when,
    "day": day,
    "day_and_month": day_and_month,
    "long_day": long_day,
    "figures": figures,
    "time_of": time_of,
    "age_words": age_words,
    "number": number,
    "short_name": short_name,
    "initials": initials,
    "tied": tied,
}
