"""Laboratory reports: values of one person that drift slowly from year to year, with flags that match the ranges."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from medkarta.devtools.region.analyte import Analyte, Norm
from medkarta.devtools.region.analytes import ANALYTE, PANELS, Panel
from medkarta.devtools.region.people import Person
from medkarta.devtools.region.shapes import (
    HL7,
    LOINC,
    UCUM,
    V3,
    Resource,
    at,
    coding,
    concept,
    meta,
    ref,
)

WALK_FROM = 2022
_HALF_YEARS = 30
_FLAG_TEXT = {"H": "Выше нормы", "L": "Ниже нормы", "N": "Норма"}
_DERIVED = frozenset({"hct", "rbc", "mch", "lymph", "baso", "ldl"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A specimen of a person: where it was analysed and how the report names the patient and itself."""

    person: Person
    panel: str
    day: date
    rid: str
    patient_rid: str
    performer: Resource
    encounter_rid: str | None = None
    request_rid: str | None = None
    haemoglobin_in_g_dl: bool = False

    @property
    def issued(self) -> str:
        return at(self.day + timedelta(days=1), 9 * 60 + 30)


@lru_cache(maxsize=64)
def _walks(key: str) -> dict[str, list[float]]:
    """Return each analyte's slow drift of one person, in standard deviations by half-year from WALK_FROM."""
    rng = Random(f"walk:{key}")
    found: dict[str, list[float]] = {}
    for name in ANALYTE:
        level, steps = rng.gauss(0, 0.55), []
        for _ in range(_HALF_YEARS):
            level = 0.9 * level + rng.gauss(0, 0.22)
            steps.append(level)
        found[name] = steps
    return found


def _half_year(day: date) -> int:
    return min(max(0, (day.year - WALK_FROM) * 2 + (day.month > 6)), _HALF_YEARS - 1)


def _treated(day: date) -> float:
    """Return how much of an illness's shift is left: treatment helps by a tenth a year until 2027."""
    return 1.2 - 0.1 * min(max(0, day.year - WALK_FROM), 5)


def _draw(analyte: Analyte, norm: Norm, person: Person, day: date, rng: Random) -> float:
    level = _walks(person.key)[analyte.key][_half_year(day)] + rng.gauss(0, 0.45)
    value = norm.mean + level * norm.sd
    for illness, shift in analyte.shifts:
        if illness in person.chronic:
            value += shift * _treated(day)
    return min(max(value, analyte.floor), analyte.ceiling)


def _clamped(key: str, value: float) -> float:
    return min(max(value, ANALYTE[key].floor), ANALYTE[key].ceiling)


def _derive(values: dict[str, float]) -> None:
    """Add the values that follow from measured ones: red cell indices, lymphocytes, LDL."""
    if "mchc" in values:
        values["hct"] = _clamped("hct", values["hb"] / values["mchc"] * 100)
        values["rbc"] = _clamped("rbc", values["hct"] * 10 / values["mcv"])
        values["mch"] = _clamped("mch", values["hb"] / values["rbc"])
        values["baso"] = 0.5
        rest = 100 - values["neut"] - values["mono"] - values["eos"] - values["baso"]
        values["lymph"] = _clamped("lymph", rest)
    if "hdl" in values:
        values["ldl"] = _clamped("ldl", values["chol"] - values["hdl"] - values["tg"] / 2.2)


def values_of(sample: Sample) -> dict[str, float]:
    """Return the values of a specimen by analyte, rounded as the report prints them."""
    panel, age = PANELS[sample.panel], sample.person.age_on(sample.day)
    rng = Random(f"lab:{sample.rid}")
    values = {
        key: _draw(ANALYTE[key], ANALYTE[key].norm_for(sample.person.sex, age), sample.person, sample.day, rng)
        for key in panel.order
        if key not in _DERIVED
    }
    _derive(values)
    return {key: round(values[key], ANALYTE[key].digits) for key in panel.order}


def flag(value: float, norm: Norm) -> str:
    """Return H, L or N for a printed value and the printed range; a limit itself is normal."""
    if norm.low is not None and value < norm.low:
        return "L"
    if norm.high is not None and value > norm.high:
        return "H"
    return "N"


def _number(value: float, digits: int) -> float | int:
    return int(value) if digits == 0 else round(value, digits)


def _range_text(norm: Norm, scale: float, digits: int) -> str:
    low, high = (None if one is None else f"{one * scale:g}".replace(".", ",") for one in (norm.low, norm.high))
    if low is None:
        return f"до {high}"
    return f"от {low}" if high is None else f"{low}–{high}"


def _observation(sample: Sample, rid: str, code: Resource, moment: str) -> Resource:
    found: Resource = {
        "resourceType": "Observation",
        "id": rid,
        "meta": meta(sample.issued),
        "status": "final",
        "category": [concept(HL7 + "observation-category", "laboratory", "Лабораторные исследования")],
        "code": code,
        "subject": ref("Patient", sample.patient_rid),
        "effectiveDateTime": moment,
        "issued": sample.issued,
        "performer": [sample.performer],
    }
    if sample.encounter_rid:
        found["encounter"] = ref("Encounter", sample.encounter_rid)
    return found


def _measured(sample: Sample, key: str, value: float, moment: str) -> Resource:
    analyte = ANALYTE[key]
    norm = analyte.norm_for(sample.person.sex, sample.person.age_on(sample.day))
    scale, digits, unit, ucum = 1.0, analyte.digits, analyte.unit, analyte.ucum
    if key == "hb" and sample.haemoglobin_in_g_dl:
        scale, digits, unit, ucum = 0.1, 1, "г/дл", "g/dL"
    found = _observation(sample, f"{sample.rid}-{key}", concept(LOINC, analyte.loinc, analyte.name), moment)

    def quantity(number: float) -> Resource:
        return {"value": _number(number * scale, digits), "unit": unit, "system": UCUM, "code": ucum}

    letter = flag(value, norm)
    limits: Resource = {"text": _range_text(norm, scale, digits)}
    if norm.low is not None:
        limits["low"] = quantity(norm.low)
    if norm.high is not None:
        limits["high"] = quantity(norm.high)
    found["valueQuantity"] = quantity(value)
    found["interpretation"] = [concept(V3 + "ObservationInterpretation", letter, _FLAG_TEXT[letter])]
    found["referenceRange"] = [limits]
    return found


def _in_words(sample: Sample, panel: Panel, moment: str) -> Iterator[Resource]:
    for number, (loinc, name, usual) in enumerate(panel.words):
        found = _observation(sample, f"{sample.rid}-w{number}", concept(LOINC, loinc, name), moment)
        found["valueString"] = usual
        found["referenceRange"] = [{"text": usual}]
        yield found


def observations(sample: Sample) -> list[Resource]:
    """Return the Observations of a specimen in the order of the report."""
    panel, moment = PANELS[sample.panel], at(sample.day, 8 * 60 + 10)
    found = [_measured(sample, key, value, moment) for key, value in values_of(sample).items()]
    return [*found, *_in_words(sample, panel, moment)]


def report(sample: Sample) -> Iterator[Resource]:
    """Yield the Observations and, after them, their DiagnosticReport."""
    found = observations(sample)
    yield from found
    panel = PANELS[sample.panel]
    result: Resource = {
        "resourceType": "DiagnosticReport",
        "id": sample.rid,
        "meta": meta(sample.issued),
        "status": "final",
        "category": [{"coding": [coding(HL7 + "v2-0074", "LAB", "Laboratory")], "text": "Лабораторное исследование"}],
        "code": concept(LOINC, panel.loinc, panel.name),
        "subject": ref("Patient", sample.patient_rid),
        "effectiveDateTime": at(sample.day, 8 * 60 + 10),
        "issued": sample.issued,
        "performer": [sample.performer],
        "result": [ref("Observation", one["id"]) for one in found],
        "conclusion": _conclusion(found),
    }
    if sample.encounter_rid:
        result["encounter"] = ref("Encounter", sample.encounter_rid)
    if sample.request_rid:
        result["basedOn"] = [ref("ServiceRequest", sample.request_rid)]
    yield result


def _conclusion(found: Iterable[Resource]) -> str:
    outside = [
        one["code"]["text"] for one in found
        if "interpretation" in one and one["interpretation"][0]["coding"][0]["code"] != "N"
    ]  # fmt: skip
    if not outside:
        return "Показатели в пределах референсных значений."
    return "Вне референсных значений: " + ", ".join(outside) + "."
