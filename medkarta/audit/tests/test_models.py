import pytest

from medkarta.audit import actions, sealing
from medkarta.audit.models import AuditEvent, Seal
from medkarta.patients.tests.factories import PatientFactory, scope_of

pytestmark = pytest.mark.django_db


def test_str_of_a_row_is_its_number_and_nothing_of_the_record():
    """It ends up in logs and tracebacks: no action, no person, no actor."""
    actions.record(scope_of(PatientFactory()), action="results.read", details={"read": {"Observation": ["1"]}})
    sealing.seal_all()

    event, seal = AuditEvent.objects.get(), Seal.objects.get()
    assert (str(event), str(seal)) == (f"AuditEvent {event.pk}", f"Seal {seal.pk}")
