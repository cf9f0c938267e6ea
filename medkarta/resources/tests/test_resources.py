"""Stored resources: kept as received, known by identity, waiting for their patient."""

import zlib
from dataclasses import replace
from uuid import uuid4

import pytest

from medkarta.core.ids import resource_id
from medkarta.patients.tests.factories import NOW
from medkarta.resources import actions, queries
from medkarta.resources.models import ResourceIdentifier, ResourceVersion, StoredResource

pytestmark = pytest.mark.django_db
RAW = b'{"resourceType": "Encounter"}'


def received(rid="v1", *, source="mis", type_="Encounter", **values):
    made = actions.Received(
        id=resource_id(source, type_, rid),
        source=source,
        type=type_,
        rid=rid,
        version="1",
        hash="a" * 64,
        patient_id=None,
        waits_for_id=None,
        received=zlib.compress(RAW),
        canonical='{"resourceType":"Encounter"}',
        received_at=NOW,
    )
    return replace(made, **values)


def test_save_keeps_the_bytes_as_they_came():
    one = received()

    actions.save([one], replaced=())

    row = StoredResource.objects.get(pk=one.id)
    assert zlib.decompress(bytes(row.received)) == RAW
    assert (row.canonical, row.state) == (one.canonical, "stored")
    known = queries.find_known([one.id, uuid4()])
    assert [(pk, row.version, row.hash) for pk, row in known.items()] == [(one.id, "1", "a" * 64)]


def test_save_of_a_newer_version_keeps_the_former():
    one = received()
    actions.save([one], replaced=())

    actions.save([replace(one, version="2", received=zlib.compress(b"{}"))], replaced=[one.id])

    version = ResourceVersion.objects.get()
    assert (version.resource_id, version.version, version.received_at) == (one.id, "1", NOW)
    assert zlib.decompress(bytes(version.received)) == RAW
    assert StoredResource.objects.get().version == "2"


def test_waiting_resource_is_listed_for_its_patient_and_released():
    wanted, patient = uuid4(), uuid4()
    one, other = received(waits_for_id=wanted), received("v2", source="another", waits_for_id=wanted)
    actions.save([one, other, received("v3")], replaced=())
    assert queries.count_waiting() == 2

    found = queries.list_waiting("mis", [wanted], limit=10)
    assert [(row.id, row.type, row.rid, row.waits_for_id) for row in found] == [(one.id, "Encounter", "v1", wanted)]
    assert queries.list_waiting("mis", [wanted], limit=0) == []
    actions.release([one.id], patient_id=patient)

    row = StoredResource.objects.get(pk=one.id)
    assert (row.state, row.waits_for_id, row.patient_id) == ("stored", None, patient)
    assert queries.count_waiting() == 1


def test_find_identified_tells_systems_types_and_sources_apart():
    one = received(type_="Practitioner", rid="p1")
    actions.save([one], replaced=())
    found = {("Practitioner", "snils", "1"), ("Practitioner", "tab", "7")}
    actions.save_identifiers("mis", {one.id: found}, replaced=())
    wanted = {("Practitioner", "snils", "1"), ("Practitioner", "snils", "7"), ("Organization", "tab", "7")}

    assert list(queries.find_identified("mis", wanted)) == [("Practitioner", "snils", "1", one.id)]
    assert list(queries.find_identified("another", wanted)) == []
    actions.save_identifiers("mis", {one.id: {("Practitioner", "tab", "8")}}, replaced=[one.id])
    assert list(ResourceIdentifier.objects.values_list("system", "value")) == [("tab", "8")]


def test_find_patients_takes_our_id_the_id_of_the_source_and_a_full_url():
    full_url = "urn:uuid:8e0a3c0a-2f5c-4ed9-9ee6-00000000000a"
    one, other = received("p1", type_="Patient"), received(full_url, type_="Patient")
    actions.save([one, other, received("p1")], replaced=())

    assert queries.find_patients(str(one.id)) == [one.id]
    assert queries.find_patients("p1") == [one.id]
    assert queries.find_patients(full_url) == [other.id]
    assert queries.find_patients(full_url.removeprefix("urn:uuid:")) == [other.id]
    assert queries.find_patients("p2") == []
