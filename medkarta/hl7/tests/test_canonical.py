import random
from decimal import Decimal
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medkarta.hl7 import jsontext
from medkarta.hl7.canonical import content_hash, dumps, is_newer, same_content, version_of
from medkarta.hl7.references import rewrite
from medkarta.hl7.tests.factories import observation, patient


def shuffled(node, seed):
    if isinstance(node, dict):
        items = [(key, shuffled(each, seed)) for key, each in node.items()]
        random.Random(seed).shuffle(items)
        return dict(items)
    return [shuffled(each, seed) for each in node] if isinstance(node, list) else node


def test_dumps_keeps_order_and_digits():
    assert dumps({"b": Decimal("1.50"), "a": 1.5, "я": "ж"}) == '{"b":1.50,"a":1.5,"я":"ж"}'.encode()


def test_dumps_refuses_what_json_does_not_know():
    with pytest.raises(TypeError):
        dumps({"a": object()})


@given(st.integers())
def test_content_hash_ignores_the_order_of_keys(seed):
    resource = observation(
        subject={"reference": "Patient/1"}, component=[{"code": {"text": "a"}}, {"code": {"text": "b"}}]
    )

    assert content_hash(shuffled(resource, seed)) == content_hash(resource)


@pytest.mark.parametrize(
    "other",
    [
        observation(id="other"),
        observation(meta={"versionId": "2", "lastUpdated": "2026-08-18T09:00:00Z", "source": "#a"}),
        observation(meta={}),
    ],
)
def test_content_hash_ignores_identity_and_version(other):
    assert content_hash(other) == content_hash(observation())


@pytest.mark.parametrize(
    "other",
    [
        observation(status="amended"),
        observation(meta={"profile": ["http://a.example/p"]}),
        observation(component=[{"code": {"text": "b"}}, {"code": {"text": "a"}}]),
        observation(valueQuantity={"value": Decimal("1.50")}),
        observation(subject={"reference": "Patient/2"}),
    ],
)
def test_content_hash_sees_every_other_change(other):
    base = observation(
        component=[{"code": {"text": "a"}}, {"code": {"text": "b"}}],
        valueQuantity={"value": 1.5},
        subject={"reference": "Patient/1"},
    )

    assert content_hash(base | other) != content_hash(base)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=3),
    st.text("абв", min_size=1),
)
def test_same_content_survives_rewriting(value, text):
    raw = orjson.dumps(observation(subject={"reference": "urn:uuid:1"}, note=[{"text": text}]))
    raw = raw.replace(b'"note"', f'"valueQuantity":{{"value":{value:f}}},"note"'.encode())
    received = jsontext.parse(raw)

    ours = rewrite(received, lambda target: ("Patient", uuid4()), id=uuid4(), meta={"versionId": "7"})

    assert same_content(received, jsontext.parse(dumps(ours)))
    assert f'"value":{value:f}'.encode() in dumps(ours)


def test_same_content_sees_a_change_beside_a_reference():
    ours = observation(subject={"reference": "Patient/1", "display": "a"})

    assert same_content(ours, observation(subject={"reference": "Patient/2", "display": "a"}))
    assert not same_content(ours, observation(subject={"reference": "Patient/1", "display": "b"}))


def test_version_of_takes_the_first_that_there_is():
    assert version_of(patient(meta={"versionId": "3", "lastUpdated": "2026-08-18T09:00:00Z"})) == "3"
    assert version_of(patient(meta={"lastUpdated": "2026-08-18T09:00:00Z"})) == "2026-08-18T09:00:00Z"
    assert version_of(patient()) == content_hash(patient())


@pytest.mark.parametrize(
    ("version", "stored", "expected"),
    [
        ("10", "9", True),
        ("9", "10", False),
        ("9", "9", False),
        ("2026-08-18T09:00:00Z", "2026-08-18T11:59:59+03:00", True),
        ("2026-08-18T09:00:00Z", "2026-08-18T12:00:00+03:00", False),
        ("2026-08-18T08:59:59.999Z", "2026-08-18T09:00:00Z", False),
        ("abc", "abd", True),
        ("abc", "abc", False),
        ("2026-08-18T09:00:00Z", "7", True),
        ("7", "2026-08-18T09:00:00Z", True),
    ],
)
def test_is_newer_compares_like_with_like(version, stored, expected):
    assert is_newer(version, stored) is expected
