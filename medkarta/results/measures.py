"""One measured value as plain data: read from FHIR, kept as JSON, turned into an assessment. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Self

from medkarta.hl7 import values
from medkarta.results import rules

Element = Mapping[str, Any]

_MOST_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Measure:
    """A value with what the laboratory said about it. Numbers are texts with a point: the digits as sent.

    `kind` is number, text, boolean, range, ratio, time or empty. `number` goes with kind number; `text` holds a
    value that is no number, in words or as sent; of a range `low` and `high` of the value are in `text` already.
    `norm_…` is the reference range in the unit of the value; `absent` is the code of a dataAbsentReason.
    """

    kind: str = ""
    number: str = ""
    comparator: str = ""
    text: str = ""
    unit: str = ""
    unit_code: str = ""
    norm_low: str = ""
    norm_high: str = ""
    norm_text: str = ""
    interpretation: str = ""
    absent: str = ""

    @classmethod
    def of_json(cls, data: Mapping[str, str]) -> Self:
        """Return a measure from what `to_json` gave."""
        return cls(**data)

    def to_json(self) -> dict[str, str]:
        """Return the fields that say something."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def norm(self) -> rules.Range:
        return rules.Range(rules.decimal_of(self.norm_low), rules.decimal_of(self.norm_high))

    @property
    def has_value(self) -> bool:
        return bool(self.number or self.text)

    def assess(self) -> rules.Assessment:
        """Return the flag to show: the laboratory's word, else what the range says."""
        value = rules.decimal_of(self.number) if self.number else None
        computed = rules.Flag.UNKNOWN
        if value is not None:
            computed = rules.compare(value, self.norm, comparator=self.comparator)
        elif self.text:
            computed = rules.compare_words(self.text, self.norm_text)
        return rules.assess(computed, self.interpretation)


def measure_of(element: Element) -> Measure:
    """Read the value, the reference range and the interpretation of an Observation or of a component."""
    found = _value(element)
    low, high, text = _norm(element.get("referenceRange", ()), found)
    return Measure(
        **found,
        norm_low=low,
        norm_high=high,
        norm_text=text,
        interpretation=_interpretation(element.get("interpretation", ())),
        absent=next((each.code for each in values.codings(element.get("dataAbsentReason"))), ""),
    )


def _value(element: Element) -> dict[str, str]:
    if "valueQuantity" in element:
        return _quantity(element["valueQuantity"])
    if "valueInteger" in element:
        return {"kind": "number", "number": _digits(values.decimal(element["valueInteger"]))}
    if "valueCodeableConcept" in element:
        return {"kind": "text", "text": values.text_of(element["valueCodeableConcept"])}
    if "valueString" in element:
        return {"kind": "text", "text": str(element["valueString"]).strip()}
    if "valueBoolean" in element:
        return {"kind": "boolean", "text": "true" if element["valueBoolean"] else "false"}
    if "valueRange" in element:
        return _range(element["valueRange"])
    if "valueRatio" in element:
        return _ratio(element["valueRatio"])
    return _time(element)


def _quantity(element: Element) -> dict[str, str]:
    found = values.quantity(element)
    if found is None or found.value is None:
        return {}
    return {
        "kind": "number",
        "number": _digits(found.value),
        "comparator": found.comparator if found.comparator in ("<", "<=", ">=", ">") else "",
        "unit": found.unit or found.code,
        "unit_code": found.code,
    }


def _range(element: Element) -> dict[str, str]:
    low, high = values.quantity(element.get("low")), values.quantity(element.get("high"))
    unit = next((each.unit for each in (low, high) if each and each.unit), "")
    return {"kind": "range", "text": f"{_end(low)}|{_end(high)}", "unit": unit}


def _ratio(element: Element) -> dict[str, str]:
    sides = (values.quantity(element.get(name)) for name in ("numerator", "denominator"))
    texts = [f"{_digits(each.value)} {each.unit}".strip() for each in sides if each and each.value is not None]
    return {"kind": "ratio", "text": ":".join(texts)}


def _time(element: Element) -> dict[str, str]:
    for name in ("valueDateTime", "valueTime"):
        if element.get(name):
            return {"kind": "time", "text": str(element[name])}
    if "valuePeriod" in element:
        ends = (element["valuePeriod"].get(name, "") for name in ("start", "end"))
        return {"kind": "time", "text": "|".join(str(end) for end in ends)}
    return {}


def _norm(ranges: Iterable[Element], value: Mapping[str, str]) -> tuple[str, str, str]:
    """Return low, high and words of the range that is the norm.

    Ranges of another meaning (therapeutic, critical) are left out. Where several remain (by age, by sex) nothing
    is compared: all of them are told in words. A limit in another unit than the value is told, not compared.
    """
    normal = [each for each in ranges if _is_norm(each)]
    if not normal:
        return "", "", ""
    if len(normal) > 1:
        return "", "", "; ".join(text for each in normal if (text := _range_text(each)))
    low, high = values.quantity(normal[0].get("low")), values.quantity(normal[0].get("high"))
    limits = [each for each in (low, high) if each and each.value is not None]
    if any(_differs(each, value) for each in limits):
        return "", "", _range_text(normal[0])
    return _end(low), _end(high), str(normal[0].get("text", "")).strip()


def _is_norm(element: Element) -> bool:
    codes = {each.code for each in values.codings(element.get("type"))}
    return not codes or "normal" in codes


def _end(limit: values.Quantity | None) -> str:
    return _digits(limit.value) if limit else ""


def _differs(limit: values.Quantity, value: Mapping[str, str]) -> bool:
    if limit.code and value.get("unit_code"):
        return limit.code != value["unit_code"]
    return bool(limit.unit and value.get("unit")) and limit.unit != value["unit"]


def _range_text(element: Element) -> str:
    low, high = values.quantity(element.get("low")), values.quantity(element.get("high"))
    ends = [
        f"{_digits(each.value)} {each.unit}".strip() if each and each.value is not None else "" for each in (low, high)
    ]
    groups = [values.text_of(each) for each in element.get("appliesTo", ())]
    words = [str(element.get("text", "")).strip(), "–".join(end for end in ends if end), *groups]
    return ", ".join(dict.fromkeys(word for word in words if word))


def _interpretation(concepts: Iterable[Element]) -> str:
    """Return the first code that has a plain meaning, else the first code."""
    codes = [each.code for each in values.all_codings(concepts) if each.code]
    known = (code for code in codes if code.upper() in rules.FLAG_OF_INTERPRETATION)
    return next(known, codes[0] if codes else "")


def _digits(number: Decimal | None) -> str:
    """Return a number without an exponent, its digits as sent; one beyond sixty digits keeps its exponent."""
    if number is None:
        return ""
    plain = format(number, "f")
    return plain if len(plain) <= _MOST_DIGITS else str(number)
