import zlib

import orjson
import pytest

from medkarta.audit.models import AuditEvent
from medkarta.core.ids import resource_id
from medkarta.gateway import writing
from medkarta.gateway.tests.factories import (
    bundle,
    by_snils,
    entry,
    fates,
    observation,
    organization,
    patient,
    send,
    stored,
)
from medkarta.hl7.systems import ENP, SNILS
from medkarta.patients.models import Patient
from medkarta.patients.tests.factories import PersonFactory, scope_of
from medkarta.resources.models import ResourceIdentifier, ResourceVersion, StoredResource
from medkarta.results.models import Observation

pytestmark = pytest.mark.django_db
NUMBER = "90000000182"
OF_NUMBER = [{"system": SNILS, "value": NUMBER}]


def version(number: object, **more):
    return observation(meta={"versionId": str(number)}, **more)


def shown() -> list[str]:
    return sorted(Observation.objects.filter(is_withdrawn=False).values_list("name", flat=True))


# Identity and versions


def test_write_names_a_resource_by_its_id_else_its_full_url_else_its_content():
    send(patient(), bundle(entry(patient(None, active=True), full_url="urn:uuid:8e0a3c0a-2f5c-4ed9-9ee6-000000000001")))
    send(patient(None, active=False))

    rids = set(StoredResource.objects.values_list("rid", flat=True))

    assert {"p1", "urn:uuid:8e0a3c0a-2f5c-4ed9-9ee6-000000000001"} < rids
    assert {len(rid) for rid in rids} == {2, 45, 64}


def test_write_changes_nothing_at_a_second_import():
    sent = [patient(), observation(valueInteger=1), organization(), patient(None)]
    send(*sent)
    before = list(StoredResource.objects.order_by("pk").values())
    events = AuditEvent.objects.count()

    outcomes = send(*(dict(reversed(one.items())) for one in sent))

    assert fates(outcomes) == ["unchanged"] * 4
    assert list(StoredResource.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.count() == events
    assert not ResourceVersion.objects.exists()


def test_write_replaces_by_a_newer_version_and_keeps_the_older_as_it_was_received():
    first = version(9, code={"text": "Глюкоза"})
    send(patient(), first)

    outcomes = send(version(10, code={"text": "Сахар"}))

    assert fates(outcomes) == ["updated"]
    assert shown() == ["Сахар"]
    (kept,) = ResourceVersion.objects.all()
    assert (kept.version, orjson.loads(zlib.decompress(kept.received))) == ("9", first)


@pytest.mark.parametrize(
    ("known", "arriving", "fate"),
    [
        ({"versionId": "2"}, {"versionId": "1"}, "unchanged"),
        ({"versionId": "2"}, {"versionId": "3"}, "updated"),
        ({"lastUpdated": "2026-11-02T10:00:00Z"}, {"lastUpdated": "2026-11-01T10:00:00Z"}, "unchanged"),
        ({"lastUpdated": "2026-11-02T10:00:00Z"}, {"lastUpdated": "2026-11-02T14:00:00+03:00"}, "updated"),
        ({"versionId": "2"}, {}, "updated"),
        ({}, {"versionId": "2"}, "updated"),
        ({}, {}, "updated"),
    ],
)
def test_write_ignores_an_older_version(known, arriving, fate):
    send(patient(), observation(code={"text": "Глюкоза"}) | ({"meta": known} if known else {}))

    outcomes = send(observation(code={"text": "Сахар"}) | ({"meta": arriving} if arriving else {}))

    assert fates(outcomes) == [fate]
    assert shown() == ["Сахар" if fate == "updated" else "Глюкоза"]


def test_write_takes_the_same_version_with_other_content_for_a_correction():
    send(patient(), version(1, code={"text": "Глюкоза"}))

    outcomes = send(version(1, code={"text": "Сахар"}))

    assert (fates(outcomes), shown()) == (["updated"], ["Сахар"])
    assert ResourceVersion.objects.count() == 1


def test_write_keeps_every_digit_in_the_canonical_text():
    raw = (
        b'{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}}'
    )
    send(
        orjson.loads(raw)
        | {"valueQuantity": {"value": orjson.Fragment(b"1.50")}, "subject": {"reference": "Patient/p1"}}
    )
    assert '"value":1.50' in stored("Observation", "o1").canonical

    send(patient())

    assert Observation.objects.get().measure["number"] == "1.50"


# Waiting


@pytest.mark.parametrize("subject", ["Patient/p1", "https://mis.example/fhir/Patient/p1", by_snils()])
def test_write_lets_a_resource_wait_for_its_patient(subject):
    outcomes = send(observation(subject=subject))

    assert fates(outcomes) == ["waiting"]
    assert stored("Observation", "o1").state == "waiting"
    assert shown() == []

    assert fates(send(observation(subject=subject))) == ["unchanged"]
    send(patient(identifier=OF_NUMBER))

    assert stored("Observation", "o1").state == "stored"
    assert shown() == ["Глюкоза"]


@pytest.mark.parametrize("subject", ["Patient/p1", by_snils(), {"identifier": by_snils()["identifier"]}])
@pytest.mark.parametrize("is_together", [True, False])
def test_write_finds_a_patient_who_came_before(subject, is_together):
    sent = [patient(identifier=OF_NUMBER), observation(subject=subject)]

    outcomes = send(*sent) if is_together else send(sent[0]) + send(sent[1])

    assert fates(outcomes) == ["created", "created"]
    assert Observation.objects.get().patient_id == resource_id("mis", "Patient", "p1")


def test_write_waits_for_the_patient_of_its_own_source_only():
    send(observation())

    send(patient(), source="lab")

    assert stored("Observation", "o1").state == "waiting"


def test_write_waits_where_an_identifier_belongs_to_two_patients():
    send(patient("a", identifier=OF_NUMBER), patient("b", identifier=OF_NUMBER))

    assert fates(send(observation(subject=by_snils()))) == ["waiting"]


def test_write_releases_all_that_wait_in_portions(monkeypatch):
    monkeypatch.setattr(writing, "RELEASED_AT_ONCE", 2)
    send(*(observation(f"o{number}") for number in range(5)))

    send(patient())

    assert Observation.objects.count() == 5
    assert AuditEvent.objects.latest("id").details == {"changed": {"Patient": 1, "Observation": 5}}


def test_write_releases_for_a_patient_who_did_not_change():
    send(patient())
    send(observation("o2", subject="Patient/other"))
    StoredResource.objects.filter(rid="o2").update(waits_for_id=resource_id("mis", "Patient", "p1"))

    assert fates(send(patient())) == ["unchanged"]

    assert stored("Observation", "o2").state == "stored"


def test_write_reads_the_patient_of_an_appointment_among_its_participants():
    someone = {"actor": {"reference": "Practitioner/1"}, "status": "accepted"}
    himself = {"actor": {"reference": "Patient/p1"}, "status": "accepted"}
    only_named = {"actor": {"display": "Кабинет 5"}, "status": "accepted"}
    nobody = {"type": [{"text": "x"}], "status": "accepted"}
    visit = {"resourceType": "Appointment", "id": "a1", "status": "booked", "start": "2026-12-01T09:00:00Z"}
    visit |= {"end": "2026-12-01T09:15:00Z", "participant": [nobody, only_named, someone, himself]}

    send(patient(), visit)

    assert stored("Appointment", "a1").patient_id == resource_id("mis", "Patient", "p1")


def test_write_takes_a_record_that_changes_its_patient_off_the_former_one():
    send(patient(), observation())

    assert fates(send(observation(subject="Patient/p2"))) == ["waiting"]
    assert shown() == []
    assert stored("Observation", "o1").patient_id is None

    send(patient("p2"))
    assert Observation.objects.get().patient_id == resource_id("mis", "Patient", "p2")
    assert shown() == ["Глюкоза"]


def test_write_leaves_a_trace_at_both_patients_of_a_record_that_moves():
    send(patient(), patient("p2"), observation())

    send(observation(subject="Patient/p2"))

    last = AuditEvent.objects.order_by("-id")[:2]
    assert {row.patient_id for row in last} == {resource_id("mis", "Patient", rid) for rid in ("p1", "p2")}


# What is only kept, hidden, restricted


def test_write_keeps_what_no_section_shows():
    outcomes = send(patient(), {"resourceType": "Device", "id": "d1"}, observation(subject=None))

    assert fates(outcomes) == ["created", "kept", "kept"]
    assert shown() == []


def test_write_hides_what_the_source_takes_back():
    send(patient(), observation())

    assert fates(send(observation(status="entered-in-error"))) == ["updated"]

    assert shown() == []
    assert ResourceVersion.objects.count() == 1


def test_write_marks_restricted_records_also_those_that_waited():
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}

    send(observation(meta=label))
    send(patient(), observation("o2"))

    found = dict(Observation.objects.values_list("id", "is_restricted"))
    assert found == {resource_id("mis", "Observation", "o1"): True, resource_id("mis", "Observation", "o2"): False}


# People


def test_write_keeps_one_row_a_source_and_links_both_to_the_person():
    person = PersonFactory(snils=NUMBER, birth_date=None)
    for source in ("mis", "lab"):
        send(patient(identifier=OF_NUMBER, gender="female"), observation(), source=source)

    assert Patient.objects.filter(person=person).count() == 2
    assert Observation.objects.for_scope(scope_of(Patient.objects.first())).count() == 2


def test_write_unlinks_a_patient_whose_number_changes():
    person = PersonFactory(snils=NUMBER, birth_date=None)
    send(patient(identifier=OF_NUMBER), observation())
    scope = scope_of(Patient.objects.get())
    assert scope.person_id == person.pk
    assert Observation.objects.for_scope(scope).exists()

    send(patient(identifier=[{"system": SNILS, "value": "90000000283"}]))

    assert Patient.objects.get().person is None
    assert not Observation.objects.for_scope(scope).exists()
    assert set(ResourceIdentifier.objects.values_list("value", flat=True)) == {"90000000283"}


def test_write_never_links_a_patient_who_contradicts_the_person():
    PersonFactory(snils=NUMBER, gender="female")

    send(patient(identifier=OF_NUMBER, gender="male", birthDate="1950-01-01"))

    assert Patient.objects.get().link == "doubtful"


def test_write_stores_identifiers_under_their_canonical_system():
    send(patient(identifier=[{"system": "https://fhir.ru/ig/core/systems/oms", "value": "1"}, {"system": "urn:x"}]))

    assert list(ResourceIdentifier.objects.values_list("system", "value")) == [(ENP, "1")]


def test_write_leaves_one_row_in_the_log_for_each_patient_of_a_batch():
    person = PersonFactory(snils=NUMBER, birth_date=None)
    send(patient(identifier=OF_NUMBER), patient("p2"), observation(), observation("o2"), organization())

    rows = {row.patient_id: row for row in AuditEvent.objects.filter(action="gateway.receive")}

    his, hers = (rows[resource_id("mis", "Patient", rid)] for rid in ("p1", "p2"))
    assert len(rows) == 2
    assert (his.person_id, his.details) == (person.pk, {"changed": {"Patient": 1, "Observation": 2}})
    assert (hers.person_id, hers.details) == (None, {"changed": {"Patient": 1}})
    assert his.actor_ref == "mis"
