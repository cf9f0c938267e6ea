from uuid import uuid4

import pytest

from medkarta.audit import actions as audit
from medkarta.core.scopes import Restricted, SystemScope
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.privacy import queries

pytestmark = pytest.mark.django_db
CLINIC = "Психоневрологический диспансер"


def receive(person_id):
    details = {"changed": {"DocumentReference": 3}}
    audit.record_many(SystemScope.of(CLINIC), action="gateway.receive", patients={uuid4(): (person_id, details)})


def the_row(scope):
    (row,), total = queries.list_log(scope, offset=0, limit=20)
    assert total == 1
    return row


def test_list_log_tells_neither_clinic_nor_count_to_whom_secrecy_binds():
    """The name of a sender and a count that the lists don't show would tell of the restricted records."""
    scope = scope_of(PatientFactory(), restricted=Restricted.HIDDEN)
    receive(scope.person_id)

    row = the_row(scope)

    assert CLINIC not in row.who
    assert row.count == 0


@pytest.mark.parametrize("mode", [Restricted.SHOWN, Restricted.LOCKED])
def test_list_log_tells_the_owner_both(mode):
    scope = scope_of(PatientFactory(), restricted=mode)
    receive(scope.person_id)

    row = the_row(scope)

    assert CLINIC in row.who
    assert row.count == 3


def test_list_log_counts_what_the_reader_read_himself():
    scope = scope_of(PatientFactory(), restricted=Restricted.HIDDEN)
    scope.reads.add("DocumentReference", ["1", "2"])
    audit.record_read(scope, action="documents.read")

    assert the_row(scope).count == 2
