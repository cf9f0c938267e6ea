"""The row of a read is the one that the ORM would have written, and can be sealed like any other."""

import pytest

from medkarta.audit import actions, sealing
from medkarta.audit.models import AuditEvent
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of

pytestmark = pytest.mark.django_db
FIELDS = ("actor_kind", "actor_ref", "action", "person_id", "patient_id", "outcome", "details", "seal_id")


def test_record_read_writes_what_the_orm_writes():
    scope = scope_of(PatientFactory())
    scope.reads.add("Appointment", ["11111111-1111-4111-8111-111111111111"])

    actions.record_read(scope, action="home.read")
    actions.record(scope, action="home.read", details={"read": scope.reads.by_kind})

    written, expected = AuditEvent.objects.order_by("pk").values(*FIELDS)
    assert written == expected
    first, second = AuditEvent.objects.order_by("pk").values_list("at", flat=True)
    assert first.tzinfo is not None
    assert first <= second


def test_record_read_of_a_page_is_one_statement(django_assert_num_queries):
    scope = scope_of(PatientFactory())

    with django_assert_num_queries(1):
        actions.record_read(scope, action="home.read", outcome="failed")

    assert AuditEvent.objects.get().outcome == "failed"


def test_record_read_leaves_a_row_that_seals():
    actions.record_read(scope_of(PatientFactory()), action="home.read")

    assert sealing.seal_batch(now=NOW) == 1
    assert sealing.verify().broken is None


def test_record_reads_writes_one_row_for_each_record_as_single_ones_are(django_assert_num_queries):
    scopes = [scope_of(PatientFactory()), scope_of(PatientFactory())]
    scopes[1].reads.add("Appointment", ["1"])

    with django_assert_num_queries(1):
        actions.record_reads(scopes, action="scheduling.feed")
    actions.record_read(scopes[1], action="scheduling.feed")

    first, second, single = AuditEvent.objects.order_by("pk").values(*FIELDS)
    assert (first["person_id"], first["details"]) == (scopes[0].person_id, {"read": {}})
    assert second == single
