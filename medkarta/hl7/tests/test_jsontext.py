import json
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medkarta.hl7 import jsontext
from medkarta.hl7.canonical import dumps
from medkarta.hl7.issues import Unreadable
from medkarta.hl7.limits import Limits

SMALL = Limits(max_document_bytes=2000, max_string_bytes=100, max_depth=4, max_number_chars=10)


BIG = ["18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809"]


def refusal(raw, limits=SMALL):
    with pytest.raises(Unreadable) as caught:
        jsontext.parse(raw, limits)
    (issue,) = caught.value.issues
    return issue.code, issue.path


@pytest.mark.parametrize(
    "text", ["1.5", "1.50", "0.1", "1.0", "100.00", "12345678901234567890.5", "-0.10", "3", "-0", "-0.0", *BIG]
)
def test_parse_keeps_the_digits_of_a_number(text):
    for raw in (f'{{"value":{text}}}', f'{{ "value" : {text} }}'):
        assert dumps(jsontext.parse(raw.encode())) == f'{{"value":{text}}}'.encode()


def test_parse_represents_equal_texts_alike_in_both_ways():
    compact, spaced = jsontext.parse(b'{"a":1.5,"b":1.50}'), jsontext.parse(b'{ "a": 1.5, "b": 1.50 }')

    assert [(type(each), each) for each in compact.values()] == [(type(each), each) for each in spaced.values()]
    assert isinstance(compact["a"], float)
    assert isinstance(compact["b"], Decimal)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_parse_never_changes_a_decimal(value):
    text = format(value, "f")

    assert dumps(jsontext.parse(f"[{text}]".encode())) == f"[{text}]".encode()


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), inner, max_size=4
            )
        ),
        max_leaves=20,
    )
)
def test_parse_reads_compact_spaced_and_escaped_text_alike(value):
    texts = (orjson.dumps(value), json.dumps(value, indent=2).encode(), json.dumps(value, ensure_ascii=False).encode())

    assert [jsontext.parse(text) for text in texts] == [value] * 3


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", ("structure", "")),
        (b"  \n", ("structure", "")),
        (b'{"a":1,}', ("structure", "")),
        (b'{"a":1} x', ("structure", "")),
        (b'{"a":NaN}', ("value", "")),
        (b'{"a":-Infinity}', ("value", "")),
        (b'{"a":1,"a":1}', ("duplicate", "a")),
        (b'{"a":[{"b":1},{"b":1,"c":2,"b":3}]}', ("duplicate", "a[1].b")),
        (b'{"a":"\xff"}', ("invalid", "")),
        (b'{"a":["x","\\ud800"]}', ("invalid", "a[1]")),
        (b'{"\\udfff":1}', ("invalid", "_")),
        (b'{"a":["\\u0000"]}', ("value", "a[0]")),
        (b'{"a\\u0000":1}', ("value", "a_")),
        (b'{"a":"\x00"}', ("structure", "")),
        (b'{"a":1e9999}', ("value", "")),
        (b'{"a":1.2345678900}', ("value", "")),
        (b'{"a":123456789012345678901}', ("value", "")),
        (b"[[[[[]]]]]", ("too-costly", "")),
        (b'{"a":[{"b":[{"c":1}]}]}', ("too-costly", "")),
        (b'{"a":["' + b"x" * 101 + b'"]}', ("too-long", "a[0]")),
        (b'{"a":["' + "я".encode() * 51 + b'"]}', ("too-long", "a[0]")),
        (b'"' + b"x" * 2000 + b'"', ("too-costly", "")),
    ],
)
def test_parse_refuses(raw, expected):
    assert refusal(raw) == expected


@pytest.mark.parametrize(
    "raw", [b"[" * 100_000, b'[{"":' * 50_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 999 + b"1" + b"}" * 999]
)
def test_parse_refuses_deep_nesting_without_recursion(raw):
    assert refusal(raw, Limits()) == ("too-costly", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"[[[[1]]]]",
        b'{"a":["' + b"x" * 100 + b'"]}',
        b'{"a":[["[[[[[[[["]]}',
        b'{"a":"\\\\u0000"}',
        b'["\\ud83d\\ude00"]',
        b'{"a":1.23456789}',
    ],
)
def test_parse_accepts_what_is_just_within(raw):
    assert jsontext.parse(raw, SMALL) == json.loads(raw)


def test_parse_says_where_without_saying_what():
    with pytest.raises(Unreadable) as caught:
        jsontext.parse(b'{"family":\n "Secretova" "x"}')

    assert "строке 2" in str(caught.value.issues[0])
    assert "Secretova" not in f"{caught.value} {caught.value.issues[0]}"
