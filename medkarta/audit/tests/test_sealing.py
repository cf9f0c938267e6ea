import pytest

from medkarta.audit import actions, queries, sealing, texts
from medkarta.audit.models import AuditEvent, Seal
from medkarta.core.scopes import WorkerScope
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of

pytestmark = pytest.mark.django_db


def write(count):
    for number in range(count):
        actions.record(WorkerScope(), action="test.write", details={"number": number, "б": "a"})


def test_seal_batch_chains_batches():
    write(2)
    assert sealing.seal_batch(now=NOW) == 2
    write(1)
    assert sealing.seal_batch(now=NOW) == 1
    assert sealing.seal_batch(now=NOW) == 0

    first, second = Seal.objects.order_by("number")
    assert second.previous_hash == first.hash
    assert sealing.verify() == sealing.Verdict(batches=2, rows=3, unsealed=0, broken=None)


@pytest.mark.parametrize(
    "change",
    [
        {"action": "test.other"},
        {"actor_ref": "somebody"},
        {"outcome": "refused"},
        {"details": {"number": 7}},
        {"person_id": "11111111-1111-4111-8111-111111111111"},
    ],
)
def test_verify_notices_a_changed_row(change):
    write(3)
    sealing.seal_all()

    AuditEvent.objects.filter(pk=AuditEvent.objects.order_by("pk")[1].pk).update(**change)

    assert sealing.verify().broken == 1


def test_verify_notices_a_removed_row():
    write(3)
    sealing.seal_all()

    AuditEvent.objects.order_by("pk").first().delete()

    assert sealing.verify().broken == 1


def test_verify_notices_a_removed_batch():
    for _ in range(3):
        write(1)
        sealing.seal_batch(now=NOW)

    AuditEvent.objects.filter(seal_id=2).delete()
    Seal.objects.filter(number=2).delete()

    assert sealing.verify().broken == 3


def test_holds_notices_that_the_newest_seals_are_gone():
    for _ in range(2):
        write(1)
        sealing.seal_batch(now=NOW)
    kept = sealing.root()
    assert sealing.holds(kept)

    AuditEvent.objects.filter(seal_id=2).delete()
    Seal.objects.filter(number=2).delete()

    assert sealing.verify().broken is None, "the chain alone can't know"
    assert not sealing.holds(kept)


@pytest.mark.parametrize("text", ["", "1", "x:y", "1:0"])
def test_holds_nothing_that_is_no_root(text):
    assert sealing.root() == ""
    assert not sealing.holds(text)


def test_seal_all_takes_more_than_one_batch(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH_ROWS", 2)
    write(5)

    sealing.seal_all()

    assert [seal.count for seal in Seal.objects.order_by("number")] == [2, 2, 1]
    assert sealing.verify().unsealed == 0


def test_verify_counts_what_is_not_sealed_yet():
    write(1)

    assert sealing.verify() == sealing.Verdict(0, 0, 1, None)


def test_record_of_a_patient_scope_names_the_person_and_the_target():
    patient = PatientFactory()
    scope = scope_of(patient)

    actions.record(scope, action="test.change", target=patient)

    event = AuditEvent.objects.get()
    assert event.person_id == patient.person_id
    assert event.details == {"target": str(patient.pk)}
    assert event.actor_ref == str(scope.account_id)


def test_record_read_keeps_kinds_and_ids():
    scope = scope_of(PatientFactory())
    scope.reads.add("Encounter", ["1", "2"])

    actions.record_read(scope, action="visits.read", outcome="refused")

    event = AuditEvent.objects.get()
    assert event.details == {"read": {"Encounter": ["1", "2"]}}
    assert event.outcome == "refused"


def test_list_events_shows_only_this_person_newest_first():
    mine, theirs = scope_of(PatientFactory()), scope_of(PatientFactory())
    for action in ("a.one", "a.two"):
        actions.record(mine, action=action)
    actions.record(theirs, action="a.three")

    rows, total = queries.list_events(mine, limit=1)

    assert total == 2
    assert [row.action for row in rows] == ["a.two"]


def test_text_of_an_unknown_action_is_its_code():
    texts.register({"test.known": "узнал"})

    assert texts.text_of("test.known") == "узнал"
    assert texts.text_of("test.unknown") == "test.unknown"
    assert "test.known" in texts.registered()


def test_list_events_has_what_was_written_before_a_row_was_linked():
    patient, other = PatientFactory(), PatientFactory()
    scope = scope_of(patient)
    for row in (patient, other):
        actions.record_many(WorkerScope(), action="gateway.receive", patients={row.pk: (None, {})})

    assert queries.list_events(scope)[1] == 0
    assert queries.list_events(scope, patient_ids=[patient.pk])[1] == 1
