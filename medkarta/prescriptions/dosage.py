"""How a drug is taken, in words, from FHIR Dosage. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from medkarta.hl7 import values
from medkarta.ui.format import number, plural

Dosage = Mapping[str, Any]


def text(dosages: Iterable[Dosage]) -> str:
    """Return one line for each instruction: the doctor's own words, else what the coded parts say."""
    lines = (_line(each) for each in sorted(dosages, key=lambda each: each.get("sequence", 0)))
    return "\n".join(line for line in lines if line)


def quantity_text(element: Mapping[str, Any] | None) -> str:
    """Return «30 шт.»; empty without a number."""
    found = values.quantity(element)
    if found is None or found.value is None:
        return ""
    return f"{number(found.value)} {found.unit}".strip()


def _line(dosage: Dosage) -> str:
    written = dosage.get("text") or dosage.get("patientInstruction")
    if written:
        return str(written)
    amounts = (_dose(each.get("doseQuantity")) for each in dosage.get("doseAndRate", ()))
    timing = dosage.get("timing") or {}
    parts = [
        next((amount for amount in amounts if amount), ""),
        values.text_of(timing.get("code")) or _frequency(timing.get("repeat") or {}),
        values.text_of(dosage.get("route")),
        _("при необходимости") if dosage.get("asNeededBoolean") else "",
        *(values.text_of(each) for each in dosage.get("additionalInstruction", ())),
    ]
    return ", ".join(part for part in parts if part)


def _dose(element: Mapping[str, Any] | None) -> str:
    text = quantity_text(element)
    return _("доза %(amount)s") % {"amount": text} if text and " " not in text else text


def _frequency(repeat: Mapping[str, Any]) -> str:
    """Return «2 раза в день», «1 раз каждые 6 часов»; empty for what has no such words."""
    times, period, unit = repeat.get("frequency", 1), values.decimal(repeat.get("period")), repeat.get("periodUnit")
    if period is None or unit not in ("h", "d", "wk", "mo"):
        return ""
    often = f"{times} {plural(int(times), _('раз'), _('раза'), _('раз'))}"
    one = {"h": _("в час"), "d": _("в день"), "wk": _("в неделю"), "mo": _("в месяц")}
    if period == 1:
        return f"{often} {one[unit]}"
    words = {
        "h": (_("час"), _("часа"), _("часов")),
        "d": (_("день"), _("дня"), _("дней")),
        "wk": (_("неделю"), _("недели"), _("недель")),
        "mo": (_("месяц"), _("месяца"), _("месяцев")),
    }[unit]
    count = plural(int(period), *words) if period == int(period) else words[1]
    return _("%(often)s каждые %(period)s %(unit)s") % {"often": often, "period": number(period), "unit": count}
