from decimal import Decimal

import pytest

from medkarta.results import texts
from medkarta.results.measures import Measure, measure_of
from medkarta.results.rules import Flag

UCUM = "http://unitsofmeasure.org"


def quantity(value, unit="ммоль/л", code="mmol/L", **more):
    return {"value": value, "unit": unit, "system": UCUM, "code": code, **more}


def range_of(low=None, high=None, **more):
    ends = {name: quantity(value) for name, value in (("low", low), ("high", high)) if value is not None}
    return [{**ends, **more}]


def test_measure_of_keeps_the_digits_that_were_sent():
    measure = measure_of({"valueQuantity": quantity(Decimal("1.50")), "referenceRange": range_of(Decimal("1.20"), 2)})

    assert (measure.number, measure.norm_low, measure.norm_high) == ("1.50", "1.20", "2")
    assert (measure.unit, measure.unit_code) == ("ммоль/л", "mmol/L")
    assert texts.value_text(measure) == "1,50"
    assert texts.norm_text(measure) == "1,20–2"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5.4, "5,4"),
        (7, "7"),
        (Decimal("0.000"), "0,000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0,0000001"),
        (Decimal("-0.5"), "−0,5"),
        (Decimal("12345.60"), "12\u00a0345,60"),
        (52.692030001960916, "52,692030001960916"),
    ],
)
def test_value_text_writes_numbers_as_people_do(number, text):
    assert texts.value_text(measure_of({"valueQuantity": quantity(number)})) == text


def test_value_text_of_an_absurd_exponent_stays_short():
    assert len(texts.value_text(measure_of({"valueQuantity": quantity(Decimal("1E+900"))}))) < 20


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ({"valueQuantity": quantity(Decimal("0.5"), comparator="<")}, "<\u00a00,5"),
        ({"valueQuantity": quantity(90, comparator=">=")}, "≥\u00a090"),
        ({"valueInteger": 3}, "3"),
        ({"valueString": " не обнаружено "}, "не обнаружено"),
        ({"valueCodeableConcept": {"coding": [{"code": "x", "display": "A(II) Rh+"}]}}, "A(II) Rh+"),
        ({"valueBoolean": True}, "да"),
        ({"valueBoolean": False}, "нет"),
        ({"valueRange": {"low": quantity(1), "high": quantity(Decimal("2.0"))}}, "1–2,0"),
        ({"valueRange": {"high": quantity(2)}}, "до 2"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 80}}}, "1:80"),
        ({"valueTime": "08:30:00"}, "08:30:00"),
        ({"valueDateTime": "2026-11-18"}, "18.11.2026"),
        ({"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}, "не выполнено"),
        ({"valueQuantity": {"unit": "g"}}, "нет значения"),
        ({"valueSampledData": {"origin": {"value": 1}, "period": 1, "dimensions": 1}}, "нет значения"),
        ({}, "нет значения"),
    ],
)
def test_value_text_of_every_kind_of_value(element, text):
    assert texts.value_text(measure_of(element)) == text


@pytest.mark.parametrize(
    ("ranges", "text", "flag"),
    [
        (range_of(3, 5), "3–5", Flag.HIGH),
        (range_of(None, 5), "до 5", Flag.HIGH),
        (range_of(3), "от 3", Flag.NORMAL),
        ([{"text": "см. бланк"}], "см. бланк", Flag.UNKNOWN),
        ([], "не указана", Flag.UNKNOWN),
        (range_of(1, 2, type={"coding": [{"code": "therapeutic"}]}), "не указана", Flag.UNKNOWN),
        (range_of(3, 5, type={"coding": [{"code": "normal"}]}), "3–5", Flag.HIGH),
        ([{"low": quantity(3, "г/л", "g/L"), "high": quantity(5, "г/л", "g/L")}], "3 г/л–5 г/л", Flag.UNKNOWN),
        ([{"low": {"value": 3}, "high": {"value": 5}}], "3–5", Flag.HIGH),
        (
            range_of(1, 2, appliesTo=[{"text": "мужчины"}]) + range_of(3, 4, appliesTo=[{"text": "женщины"}]),
            "1 ммоль/л–2 ммоль/л, мужчины; 3 ммоль/л–4 ммоль/л, женщины",
            Flag.UNKNOWN,
        ),
    ],
)
def test_measure_of_compares_only_with_one_norm_in_the_same_unit(ranges, text, flag):
    measure = measure_of({"valueQuantity": quantity(6), "referenceRange": ranges})

    assert texts.norm_text(measure) == text
    assert measure.assess().flag is flag


def test_measure_of_takes_the_first_interpretation_with_a_plain_meaning():
    codes = [{"coding": [{"code": "IE"}]}, {"coding": [{"code": "HH"}]}]

    assert measure_of({"valueInteger": 9, "interpretation": codes}).assess().flag is Flag.VERY_HIGH


def test_measure_goes_through_json_unchanged():
    measure = measure_of({"valueQuantity": quantity(Decimal("1.50"), comparator="<"), "referenceRange": range_of(1)})

    assert Measure.of_json(measure.to_json()) == measure
    assert "text" not in measure.to_json()


@pytest.mark.parametrize(
    ("element", "is_drawn"),
    [
        ({"valueQuantity": quantity(4), "referenceRange": range_of(3, 5)}, True),
        ({"valueQuantity": quantity(4, comparator="<"), "referenceRange": range_of(3, 5)}, False),
        ({"valueQuantity": quantity(4), "referenceRange": range_of(5, 3)}, False),
        ({"valueString": "4", "referenceRange": range_of(3, 5)}, False),
        ({"valueQuantity": quantity(4)}, False),
    ],
)
def test_scale_of_draws_only_an_exact_number_with_a_range(element, is_drawn):
    assert (texts.scale_of(measure_of(element)) is not None) is is_drawn
