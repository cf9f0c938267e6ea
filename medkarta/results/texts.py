"""Words of the laboratory for people: values, ranges, flags, statuses."""

from django.utils.translation import gettext as _

from medkarta.hl7 import values as fhir
from medkarta.results import rules
from medkarta.results.measures import Measure
from medkarta.results.queries import ReportPage, ValueRow
from medkarta.results.rules import Flag
from medkarta.ui import format
from medkarta.ui.scale import Scale

COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_DASH = "–"
_MOST_NAMES = 6
LONG_NORM = 20
"""A range in more letters than this is told below the table."""


def value_text(measure: Measure) -> str:
    """Write a value with the digits that the laboratory sent: «6,10», «< 0,5», «не обнаружено»."""
    if measure.kind == "number":
        sign = f"{COMPARATORS[measure.comparator]}{format.NBSP}" if measure.comparator else ""
        return sign + _number(measure.number)
    if measure.kind == "boolean":
        return _("да") if measure.text == "true" else _("нет")
    if measure.kind == "range":
        return _range_text(*measure.text.split("|"))
    if measure.kind == "ratio":
        return ":".join(_side(side) for side in measure.text.split(":"))
    if measure.kind == "time":
        return _DASH.join(_time(text) for text in measure.text.split("|") if text)
    return measure.text or absent_text(measure.absent)


def norm_text(measure: Measure) -> str:
    """Write the laboratory's range: «3,0–5,2», «до 1,7», «от 1,2» or its own words."""
    if measure.norm_low or measure.norm_high:
        return _range_text(measure.norm_low, measure.norm_high)
    return measure.norm_text or _("не указана")


def absent_text(code: str) -> str:
    """Say why there is no value."""
    return {
        "cancelled": _("отменено"),
        "not-performed": _("не выполнено"),
        "error": _("ошибка измерения"),
        "masked": _("скрыто лабораторией"),
        "not-asked": _("не спрашивали"),
        "asked-unknown": _("не удалось узнать"),
        "temp-unknown": _("ещё не готово"),
        "not-applicable": _("не применимо"),
        "unsupported": _("не определяется"),
    }.get(code, _("нет значения"))


def flag_text(flag: Flag) -> str:
    """Say how a value stands, with a capital letter."""
    return {
        Flag.HIGH: _("Выше нормы"),
        Flag.LOW: _("Ниже нормы"),
        Flag.VERY_HIGH: _("Намного выше нормы"),
        Flag.VERY_LOW: _("Намного ниже нормы"),
        Flag.NORMAL: _("В норме"),
        Flag.ABNORMAL: _("Вне нормы"),
        Flag.POSITIVE: _("Положительно"),
        Flag.NEGATIVE: _("Отрицательно"),
        Flag.DETECTED: _("Обнаружено"),
        Flag.NOT_DETECTED: _("Не обнаружено"),
        Flag.RESISTANT: _("Устойчив"),
        Flag.SUSCEPTIBLE: _("Чувствителен"),
        Flag.INTERMEDIATE: _("Умеренно чувствителен"),
        Flag.UNKNOWN: _("Нет нормы для сравнения"),
    }[flag]


def flag_tone(flag: Flag) -> str:
    """Return the tone of a flag: only what is out of the norm draws the eye."""
    if flag in (Flag.VERY_HIGH, Flag.VERY_LOW):
        return "bad"
    if flag in rules.OUT_OF_RANGE:
        return "warn"
    return "ok" if flag is Flag.NORMAL else "neutral"


def flag_icon(flag: Flag) -> str:
    """Return the shape that goes with a flag, so that colour is not alone."""
    if flag in (Flag.HIGH, Flag.VERY_HIGH):
        return "arrow-up"
    if flag in (Flag.LOW, Flag.VERY_LOW):
        return "arrow-down"
    return {Flag.NORMAL: "check", Flag.ABNORMAL: "alert-triangle"}.get(flag, "info-circle")


def contradiction_text(row: ValueRow) -> str:
    """Say that the laboratory's word and its range differ; empty if they don't."""
    found = row.assessment.contradicted
    if found is None:
        return ""
    return _("Лаборатория отметила «%(word)s», а по её границам выходит «%(range)s». Показываем слово лаборатории.") % {
        "word": flag_text(row.assessment.flag).lower(),
        "range": flag_text(found).lower(),
    }


def remarks(page: ReportPage) -> list[tuple[str, str]]:
    """Return what stands below the table: name of a value and a sentence about it."""
    found = []
    for row in page.values:
        norm = norm_text(row.measure)
        texts = [
            contradiction_text(row),
            _("норма: %(norm)s") % {"norm": norm} if len(norm) > LONG_NORM else "",
            row.note,
        ]
        found += [(row.name, text) for text in texts if text]
    return found


def scale_of(measure: Measure) -> Scale | None:
    """Return the place of a value on its range, if it is one exact number with a usable range."""
    value = rules.decimal_of(measure.number) if measure.number and not measure.comparator else None
    norm = measure.norm
    return Scale.of(value, norm.low, norm.high) if value is not None and norm.is_usable else None


def status_text(status: str) -> str:
    """Say what a status means for the reader; empty for a final one."""
    return {
        "registered": _("Исследование назначено, результата ещё нет"),
        "partial": _("Готовы не все показатели"),
        "preliminary": _("Предварительный результат, его ещё проверяют"),
        "amended": _("Результат исправлен клиникой"),
        "corrected": _("Результат исправлен клиникой"),
        "appended": _("Результат дополнен клиникой"),
        "cancelled": _("Исследование отменено"),
        "unknown": _("Клиника не сообщила, готов ли результат"),
    }.get(status, "")


def summary(page: ReportPage) -> str:
    """Say how many values are out of the norm and which: «3 из 10 показателей вне нормы. Выше: …; ниже: …»."""
    outside = page.outside
    if not outside:
        return _quiet_summary(page)
    total = format.counted(len(page.values), _("показателя"), _("показателей"), _("показателей"))
    groups: dict[str, list[str]] = {}
    for row in outside[:_MOST_NAMES]:
        groups.setdefault(_direction(row.assessment.flag), []).append(row.name)
    names = "; ".join(f"{direction}: {', '.join(found)}" for direction, found in groups.items())
    more = _(" и другие") if len(outside) > _MOST_NAMES else ""
    return _("%(count)s из %(total)s вне нормы. %(names)s%(more)s") % {
        "count": len(outside),
        "total": total,
        "names": names[:1].upper() + names[1:],
        "more": more,
    }


def _quiet_summary(page: ReportPage) -> str:
    flags = {row.assessment.flag for row in page.values}
    if flags == {Flag.NORMAL}:
        return _("Все показатели в норме")
    if Flag.NORMAL in flags:
        return _("Показатели, для которых указана норма, в её пределах")
    return _("Лаборатория не указала, что считать нормой")


def _direction(flag: Flag) -> str:
    if flag in (Flag.HIGH, Flag.VERY_HIGH):
        return _("выше")
    return _("ниже") if flag in (Flag.LOW, Flag.VERY_LOW) else _("отклонения")


def _number(text: str) -> str:
    return format.number(rules.decimal_of(text)) if "E" not in text else text


def _side(text: str) -> str:
    number, _space, unit = text.partition(" ")
    return f"{_number(number)} {unit}".strip()


def _range_text(low: str, high: str) -> str:
    if low and high:
        return f"{_number(low)}{_DASH}{_number(high)}"
    if low:
        return _("от %(number)s") % {"number": _number(low)}
    return _("до %(number)s") % {"number": _number(high)} if high else ""


def _time(text: str) -> str:
    found = fhir.moment(text)
    if found is None:
        return text
    return format.when(found.at) if found.is_exact else format.figures(found.on)
