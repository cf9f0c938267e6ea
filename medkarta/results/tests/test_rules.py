from decimal import Decimal

import pytest

from medkarta.results.rules import Assessment, Flag, Range, assess, compare, compare_words, decimal_of

NORM = Range(Decimal("3.0"), Decimal("5.2"))


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("2.99", Flag.LOW),
        ("3.0", Flag.NORMAL),
        ("3.00", Flag.NORMAL),
        ("5.2", Flag.NORMAL),
        ("5.2000000000000000000001", Flag.HIGH),
        ("2.9999999999999999999999", Flag.LOW),
        ("-1", Flag.LOW),
    ],
)
def test_compare_takes_the_limits_into_the_norm_and_is_exact(value, flag):
    assert compare(Decimal(value), NORM) is flag


@pytest.mark.parametrize(
    ("value", "norm", "flag"),
    [
        ("1.7", Range(None, Decimal("1.7")), Flag.NORMAL),
        ("1.8", Range(None, Decimal("1.7")), Flag.HIGH),
        ("1.2", Range(Decimal("1.2"), None), Flag.NORMAL),
        ("1.1", Range(Decimal("1.2"), None), Flag.LOW),
        ("1.1", Range(), Flag.UNKNOWN),
        ("4", Range(Decimal(5), Decimal(3)), Flag.UNKNOWN),
        ("3", Range(Decimal(3), Decimal(3)), Flag.NORMAL),
    ],
)
def test_compare_with_open_and_crooked_ranges(value, norm, flag):
    assert compare(Decimal(value), norm) is flag


@pytest.mark.parametrize(
    ("comparator", "value", "norm", "flag"),
    [
        ("<", "0.5", Range(Decimal("0.5"), Decimal(3)), Flag.LOW),
        ("<=", "0.5", Range(Decimal("0.5"), Decimal(3)), Flag.UNKNOWN),
        ("<=", "0.4", Range(Decimal("0.5"), Decimal(3)), Flag.LOW),
        ("<", "0.6", Range(Decimal("0.5"), Decimal(3)), Flag.UNKNOWN),
        ("<", "0.5", Range(None, Decimal("0.5")), Flag.NORMAL),
        ("<", "0.6", Range(None, Decimal("0.5")), Flag.UNKNOWN),
        (">", "3", Range(Decimal("0.5"), Decimal(3)), Flag.HIGH),
        (">=", "3", Range(Decimal("0.5"), Decimal(3)), Flag.UNKNOWN),
        (">=", "3.1", Range(Decimal("0.5"), Decimal(3)), Flag.HIGH),
        (">", "90", Range(Decimal(90), None), Flag.NORMAL),
        (">", "89", Range(Decimal(90), None), Flag.UNKNOWN),
    ],
)
def test_compare_with_a_comparator_claims_only_what_follows(comparator, value, norm, flag):
    assert compare(Decimal(value), norm, comparator=comparator) is flag


@pytest.mark.parametrize(
    ("computed", "code", "expected"),
    [
        (Flag.HIGH, "", Assessment(Flag.HIGH)),
        (Flag.UNKNOWN, "", Assessment(Flag.UNKNOWN)),
        (Flag.HIGH, "HH", Assessment(Flag.VERY_HIGH, True)),
        (Flag.HIGH, "A", Assessment(Flag.ABNORMAL, True)),
        (Flag.NORMAL, "A", Assessment(Flag.ABNORMAL, True, Flag.NORMAL)),
        (Flag.NORMAL, "H", Assessment(Flag.HIGH, True, Flag.NORMAL)),
        (Flag.HIGH, "N", Assessment(Flag.NORMAL, True, Flag.HIGH)),
        (Flag.LOW, "H", Assessment(Flag.HIGH, True, Flag.LOW)),
        (Flag.UNKNOWN, "L", Assessment(Flag.LOW, True)),
        (Flag.NORMAL, "n", Assessment(Flag.NORMAL, True)),
        (Flag.LOW, "U", Assessment(Flag.LOW)),
        (Flag.UNKNOWN, "POS", Assessment(Flag.POSITIVE, True)),
    ],
)
def test_assess_shows_the_laboratorys_word_and_tells_a_contradiction(computed, code, expected):
    assert assess(computed, code) == expected


def test_is_out_does_not_count_words_that_are_no_deviation():
    assert [assess(Flag.UNKNOWN, code).is_out for code in ("POS", "ND", "R", "N", "")] == [False] * 5
    assert [assess(Flag.UNKNOWN, code).is_out for code in ("H", "LL", "A")] == [True] * 3


@pytest.mark.parametrize(
    ("value", "norm", "flag"),
    [
        ("Не обнаружено", "не обнаружено ", Flag.NORMAL),
        ("обнаружено", "не обнаружено", Flag.UNKNOWN),
        ("", "", Flag.UNKNOWN),
    ],
)
def test_compare_words_knows_only_the_same_words(value, norm, flag):
    assert compare_words(value, norm) is flag


@pytest.mark.parametrize(("text", "number"), [("1.50", Decimal("1.50")), ("1,5", None), ("NaN", None), ("", None)])
def test_decimal_of_reads_plain_numbers_only(text, number):
    assert decimal_of(text) == number
