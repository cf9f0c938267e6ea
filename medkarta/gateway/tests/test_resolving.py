import orjson
import pytest

from medkarta.core.ids import resource_id
from medkarta.gateway.tests.factories import bundle, entry, fates, observation, organization, patient, send, stored
from medkarta.hl7.systems import SNILS
from medkarta.patients.models import Patient
from medkarta.resources.models import ResourceVersion
from medkarta.results.models import Observation

pytestmark = pytest.mark.django_db
NUMBER = "90000000182"
OF_NUMBER = [{"system": SNILS, "value": NUMBER}]


def test_write_resolves_names_of_a_bundle_whatever_the_order():
    url = "urn:uuid:8e0a3c0a-2f5c-4ed9-9ee6-00000000000a"
    outcomes = send(bundle(entry(observation(subject=url)), entry(patient(None), full_url=url)))

    assert fates(outcomes) == ["created", "created"]
    assert f'"reference":"Patient/{resource_id("mis", "Patient", url)}"' in stored("Observation", "o1").canonical


def test_write_resolves_logical_and_conditional_references():
    licence = {"system": "urn:licence", "value": "77"}
    send(organization(identifier=[licence]))
    performers = [
        {"type": "Organization", "identifier": licence},
        {"reference": "Organization?identifier=urn:licence|77"},
    ]

    send(patient(), observation(performer=performers))

    ours = f"Organization/{resource_id('mis', 'Organization', 'g1')}"
    found = orjson.loads(stored("Observation", "o1").canonical)["performer"]
    assert [each["reference"] for each in found] == [ours, ours]


@pytest.mark.parametrize("known", [[], ["a", "b"]])
def test_write_leaves_a_reference_that_names_nobody_or_two_as_it_came(known):
    send(*(organization(rid, identifier=[{"system": "urn:licence", "value": "77"}]) for rid in known))
    performer = {"type": "Organization", "identifier": {"system": "urn:licence", "value": "77"}}

    send(patient(), observation(performer=[performer, {"display": "Лаборатория"}]))

    found = orjson.loads(stored("Observation", "o1").canonical)["performer"]
    assert found == [performer, {"display": "Лаборатория"}]


def condition(method: str = "POST") -> dict[str, str]:
    if method == "PUT":
        return {"method": "PUT", "url": f"Patient?identifier={SNILS}|{NUMBER}"}
    return {"ifNoneExist": f"identifier={SNILS}|{NUMBER}"}


URL = "urn:uuid:8e0a3c0a-2f5c-4ed9-9ee6-00000000000b"


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_write_creates_under_a_condition_that_nothing_answers(method, kind):
    sent = bundle(entry(patient(None, identifier=OF_NUMBER), full_url=URL, **condition(method)), type_=kind)

    assert fates(send(sent)) == ["created"]
    assert fates(send(sent)) == ["unchanged"]


@pytest.mark.parametrize(("method", "fate"), [("POST", "unchanged"), ("PUT", "updated")])
def test_write_points_at_the_one_that_answers_a_condition(method, fate):
    send(patient(identifier=OF_NUMBER))
    created = entry(patient(None, identifier=OF_NUMBER, active=False), full_url=URL, **condition(method))

    outcomes = send(bundle(entry(observation(subject=URL)), created))

    assert fates(outcomes) == ["created", fate]
    ours = resource_id("mis", "Patient", "p1")
    assert Observation.objects.get().patient_id == ours
    assert f"Patient/{ours}" in stored("Observation", "o1").canonical
    assert (Patient.objects.get().is_active, stored("Patient", "p1").rid) == (method == "POST", "p1")
    assert orjson.loads(stored("Patient", "p1").canonical)["id"] == str(ours)


def test_write_gives_two_of_one_condition_the_same_row():
    first = entry(patient(None, identifier=OF_NUMBER), full_url=URL, **condition())
    second = entry(patient(None, identifier=OF_NUMBER), full_url=URL[:-1] + "c", **condition())

    assert fates(send(bundle(first, second))) == ["created", "unchanged"]
    assert Patient.objects.count() == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_write_takes_two_updates_of_one_condition_in_a_batch_one_after_the_other(is_known):
    send(*[patient(identifier=OF_NUMBER)] * is_known)
    first = entry(patient(None, identifier=OF_NUMBER, active=False), full_url=URL, **condition("PUT"))
    second = entry(patient(None, identifier=OF_NUMBER, active=True), full_url=URL[:-1] + "c", **condition("PUT"))

    outcomes = send(bundle(first, second, type_="batch"))

    assert fates(outcomes) == ["updated" if is_known else "created", "updated"]
    assert Patient.objects.get().is_active is True


@pytest.mark.parametrize("is_known", [True, False])
def test_write_refuses_a_transaction_that_updates_one_row_twice(is_known):
    send(*[patient(identifier=OF_NUMBER)] * is_known)
    first = entry(patient(None, identifier=OF_NUMBER, active=False), full_url=URL, **condition("PUT"))
    second = entry(patient(None, identifier=OF_NUMBER, active=True), full_url=URL[:-1] + "c", **condition("PUT"))

    outcomes = send(bundle(first, second))

    assert fates(outcomes) == ["rejected", "rejected"]
    assert "дважды" in str(outcomes[0].reasons[0])
    assert not ResourceVersion.objects.exists()


def test_write_refuses_a_condition_that_two_answer():
    send(patient("a", identifier=OF_NUMBER), patient("b", identifier=OF_NUMBER))

    (outcome,) = send(bundle(entry(patient(None, identifier=OF_NUMBER), full_url=URL, **condition())))

    assert outcome.fate.value == "rejected"
    assert "больше одного" in str(outcome.reasons[0])


def test_write_refuses_a_condition_on_anything_but_an_identifier():
    (outcome,) = send(bundle(entry(patient(None), full_url=URL, ifNoneExist="name=x")))

    assert outcome.fate.value == "rejected"
    assert "identifier" in str(outcome.reasons[0])
