"""Opening hours, audience and phone numbers in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from medkarta.facilities import rules
from medkarta.facilities.rules import DAY, WEEK, OpenKind, OpenState, Stretch
from medkarta.ui.format import NBSP, number
from medkarta.ui.phones import tel


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number as it is shown, and as a `tel:` address (empty if it can't be dialled)."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class HoursLine:
    """One line of the week: «пн–пт», «08:00–20:00, обед 13:00–14:00»."""

    days: str
    text: str


@dataclass(frozen=True, slots=True)
class StateText:
    """Whether a clinic is open, in words; `tone` is ok, warn or neutral."""

    tone: str
    text: str


def day_name(day: int) -> str:
    return (_("пн"), _("вт"), _("ср"), _("чт"), _("пт"), _("сб"), _("вс"))[day % 7]


def clock(minute: int) -> str:
    """«08:40» of a minute of the day or of the week; the end of a day is «24:00»."""
    left = minute % DAY
    if left == 0 and minute:
        return "24:00"
    return f"{left // 60:02d}:{left % 60:02d}"


def week(stretches: Iterable[Stretch]) -> tuple[HoursLine, ...]:
    """Return the week line by line; a single line without days when it is round the clock; none if unknown."""
    lines = rules.week_lines(stretches)
    if len(lines) == 1 and lines[0].periods == ((0, DAY),):
        return (HoursLine("", _("круглосуточно")),)
    return tuple(HoursLine(_days(line.first, line.last), _periods(line.periods)) for line in lines)


def week_in_a_row(lines: Sequence[HoursLine]) -> str:
    """«пн–пт 08:00–20:00, обед 13:00–14:00; сб 09:00–15:00; вс выходной»."""
    return "; ".join(f"{line.days}{NBSP}{line.text}" if line.days else line.text for line in lines)


def pieces(lines: Sequence[HoursLine]) -> Iterator[str]:
    """Yield `week_in_a_row` in pieces, each with its punctuation, to be joined by spaces."""
    for place, line in enumerate(lines, start=1):
        first, *rest = line.text.split(", ")
        found = [f"{line.days}{NBSP}{first}" if line.days else first, *rest]
        end = ";" if place < len(lines) else ""
        yield from (f"{piece}," for piece in found[:-1])
        yield f"{found[-1]}{end}"


def today(stretches: Iterable[Stretch], minute: int) -> str:
    """Return the hours of the day that a minute of the week belongs to; empty if the week is unknown."""
    day = minute // DAY
    for line in rules.week_lines(stretches):
        if line.first <= day <= line.last:
            return _periods(line.periods)
    return ""


def open_now(state: OpenState | None, minute: int) -> StateText | None:
    """«Открыто до 20:00», «Закроется в 14:00», «Перерыв до 14:00», «Закрыто, откроется завтра в 08:00»."""
    if state is None:
        return None
    at = clock(state.until) if state.until % DAY else _("полуночи")
    match state.kind:
        case OpenKind.ROUND_THE_CLOCK:
            return StateText("ok", _("Открыто круглосуточно"))
        case OpenKind.CLOSING_SOON:
            return StateText("warn", _("Открыто только до %(time)s") % {"time": at})
        case OpenKind.BREAK:
            return StateText("warn", _("Перерыв до %(time)s") % {"time": at})
        case OpenKind.CLOSED:
            return StateText("neutral", _("Закрыто, откроется %(when)s") % {"when": _when(state.until, minute)})
    if state.break_from is None or state.break_to is None:
        return StateText("ok", _("Открыто до %(time)s") % {"time": at})
    pause = {"time": at, "from": clock(state.break_from), "to": clock(state.break_to)}
    return StateText("ok", _("Открыто до %(time)s, перерыв %(from)s–%(to)s") % pause)


def audience(*, adults: bool, children: bool) -> str:
    """«Взрослые и дети»; empty while nobody has said."""
    if adults and children:
        return _("Взрослые и дети")
    if adults:
        return _("Взрослые")
    return _("Дети") if children else ""


def rating(mean: float | None) -> str:
    """«4,8»; empty for an unknown one."""
    return number(Decimal(f"{mean:.1f}")) if mean is not None else ""


def phone_of(text: str) -> Phone:
    """Return a number as the clinic wrote it, with its `tel:` address."""
    return Phone(text, tel(text))


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return _("ежедневно")
    if first == last:
        return day_name(first)
    return f"{day_name(first)}{'–' if last - first > 1 else ', '}{day_name(last)}"


def _periods(periods: Sequence[Stretch]) -> str:
    """Two periods of one day are told as one with its lunch, as clinics write it."""
    if not periods:
        return _("выходной")
    if len(periods) == 2 and periods[1][0] - periods[0][1] <= 2 * 60:
        (opens, lunch), (back, closes) = periods
        words = {"hours": _period(opens, closes), "lunch": _period(lunch, back)}
        return _("%(hours)s, обед %(lunch)s") % words
    if periods == ((0, DAY),):
        return _("круглосуточно")
    return ", ".join(_period(opens, closes) for opens, closes in periods)


def _period(opens: int, closes: int) -> str:
    return f"{clock(opens)}–{clock(closes)}"


def _when(until: int, minute: int) -> str:
    """Return when it opens: «сегодня в 14:00», «завтра в 08:00», «в пн в 08:00»."""
    ahead = until // DAY - minute // DAY
    words = {"time": clock(until) if until % DAY else "00:00", "day": day_name(until % WEEK // DAY)}
    if ahead == 0:
        return _("сегодня в %(time)s") % words
    return _("завтра в %(time)s") % words if ahead == 1 else _("в %(day)s в %(time)s") % words
