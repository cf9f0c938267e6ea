import pytest
from django.db import DataError, OperationalError

from medkarta.audit.models import AuditEvent
from medkarta.core.ids import resource_id
from medkarta.core.scopes import SystemScope
from medkarta.facilities.models import Facility
from medkarta.gateway import intake, routes
from medkarta.gateway.tests.factories import (
    NOW,
    bundle,
    entry,
    fates,
    observation,
    organization,
    patient,
    send,
    slot,
    stored,
)
from medkarta.hl7.files import source_of
from medkarta.hl7.reading import read_units
from medkarta.patients.models import Patient
from medkarta.resources.models import StoredResource
from medkarta.results.models import Observation

pytestmark = pytest.mark.django_db


def test_take_refuses_a_broken_resource_and_stores_its_neighbours():
    outcomes = send(patient(), observation("bad", status="perhaps"), observation("good"))

    assert fates(outcomes) == ["rejected", "created", "created"]  # a refusal is known before the group is written
    assert next(str(reason) for outcome in outcomes for reason in outcome.reasons).startswith(
        "sent.ndjson, строка 2, Observation.status: Недопустимый код"
    )
    assert list(Observation.objects.values_list("pk", flat=True)) == [resource_id("mis", "Observation", "good")]


@pytest.mark.parametrize(
    "broken",
    [
        observation("o2", status="perhaps"),
        observation("o2", effectiveDateTime="2026-02-31"),
        observation("o2", invented=1),
        {"resourceType": "Invented"},
    ],
)
def test_take_stores_nothing_of_a_transaction_with_a_broken_entry(broken):
    outcomes = send(bundle(entry(patient()), entry(observation()), entry(broken)))

    assert fates(outcomes) == ["rejected"] * 3
    assert [len(outcome.reasons) for outcome in outcomes] == [1, 0, 0]
    assert not StoredResource.objects.exists()
    assert not Patient.objects.exists()
    assert not AuditEvent.objects.exists()


def test_take_stores_nothing_of_a_transaction_that_a_room_refuses():
    times = {"start": "0001-01-01T00:00:00Z", "end": "0001-01-01T00:10:00Z"}

    outcomes = send(bundle(entry(patient()), entry(slot(**times))))

    assert fates(outcomes) == ["rejected", "rejected"]
    assert "У времени приёма нет начала или конца" in str(outcomes[0].reasons[0])
    assert not Patient.objects.exists()


def test_take_refuses_a_single_that_its_room_refuses_and_keeps_its_former_version():
    send(slot())

    outcomes = send(slot(start="0001-01-01T00:00:00Z", end="0001-01-01T00:10:00Z"), organization())

    assert fates(outcomes) == ["rejected", "created"]
    assert '"2026-12-01T09:00:00+03:00"' in stored("Slot", "s1").canonical


def test_take_refuses_a_transaction_with_the_same_resource_twice():
    outcomes = send(bundle(entry(patient(), full_url="urn:x:1"), entry(patient(), full_url="urn:x:2")))

    assert fates(outcomes) == ["rejected", "rejected"]
    assert "дважды" in str(outcomes[0].reasons[0])


def test_take_stores_the_entries_of_a_batch_each_by_itself():
    outcomes = send(
        bundle(entry(patient()), entry(observation("o2", status="no")), entry(observation()), type_="batch")
    )

    assert sorted(fates(outcomes)) == ["created", "created", "rejected"]


@pytest.mark.parametrize("kind", ["transaction", "batch"])
@pytest.mark.parametrize("method", ["DELETE", "GET", "PATCH"])
def test_take_refuses_other_actions_than_post_and_put(kind, method):
    outcomes = send(bundle(entry(None, method=method), type_=kind))

    assert fates(outcomes) == ["rejected"]
    assert "принимаются только POST и PUT" in str(outcomes[0].reasons[0])
    assert outcomes[0].reasons[0].path == "Bundle.entry[0].request.method"


def test_take_writes_the_same_resource_of_one_file_in_its_order():
    outcomes = send(patient(active=True), patient(active=False), patient(active=False))

    assert fates(outcomes) == ["created", "updated", "unchanged"]
    assert Patient.objects.get().is_active is False


class _Room:
    """A room whose table refuses one resource, as the database of a real one may."""

    TYPES = ("Organization",)

    def __init__(self, error: Exception) -> None:
        self.error, self.calls = error, 0

    def store(self, _scope, incoming):
        self.calls += 1
        if any(one.rid == "bad" for one in incoming):
            raise self.error
        return {}


@pytest.fixture
def room(monkeypatch, request):
    found = _Room(request.param)
    monkeypatch.setattr(routes, "rooms_of", lambda type_: (found,) if type_ == "Organization" else ())
    return found


@pytest.mark.parametrize("room", [DataError("value too long")], indirect=True)
def test_take_loses_only_the_resource_that_the_database_refuses(room, caplog):
    outcomes = send(*(organization(rid) for rid in ("a", "b", "bad", "c", "d")))

    assert fates(outcomes) == ["created", "created", "rejected", "created", "created"]
    assert "база данных не приняла значение" in str(outcomes[2].reasons[0])
    assert StoredResource.objects.count() == 4
    assert "value too long" not in caplog.text


@pytest.mark.parametrize("room", [DataError("value too long")], indirect=True)
def test_take_undoes_a_transaction_that_the_database_refuses(room):
    outcomes = send(bundle(entry(organization("a")), entry(organization("bad"))))

    assert fates(outcomes) == ["rejected", "rejected"]
    assert not StoredResource.objects.exists()


@pytest.mark.parametrize("room", [OperationalError("the connection is lost")], indirect=True)
@pytest.mark.parametrize("is_transaction", [True, False])
def test_take_stops_at_once_when_the_database_is_away(room, is_transaction):
    sent = [organization(rid) for rid in ("a", "bad", "c", "d")]

    with pytest.raises(OperationalError):
        send(bundle(*map(entry, sent)) if is_transaction else sent[0], *sent[1:])

    assert room.calls == 1


def test_take_writes_a_group_before_it_grows_too_large(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(intake, "GROUP", 2)
    monkeypatch.setattr(intake, "GROUP_BYTES", 1000)
    units = read_units(
        source_of(
            "x.json",
            b'{"resourceType":"Bundle","type":"collection","entry":[%s]}'
            % b",".join(
                b'{"resource":{"resourceType":"Organization","id":"%d","name":"%s"}}' % (number, b"x" * size)
                for number, size in enumerate((1, 1, 1001, 1))
            ),
        )
    )
    outcomes = intake.take(SystemScope.of("mis"), units, now=NOW)

    counts = [StoredResource.objects.count() for _outcome in outcomes]

    assert counts == [2, 2, 3, 4]


def test_take_hands_directory_resources_to_their_room():
    send(organization())

    assert Facility.objects.get().pk == resource_id("mis", "Organization", "g1")
