"""A prescription as something that can be sent to an address: its sheet of paper."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.errors import NotFound
from medkarta.core.models import first_of
from medkarta.core.scopes import PatientScope
from medkarta.mailer.queries import Thing
from medkarta.prescriptions import sheet
from medkarta.prescriptions.models import Prescription


def find(scope: PatientScope, prescription_id: UUID) -> Thing:
    """Return a prescription that this scope may see. Raises NotFound."""
    seen = Prescription.objects.for_scope(scope).filter(pk=prescription_id)
    drug = first_of("drug_name", "medication__name", "drug_display")
    found = seen.values_list("is_restricted", drug).first()
    if found is None:
        raise NotFound
    scope.reads.add("MedicationRequest", [prescription_id])
    return Thing(found[1] or _("Рецепт"), f"prescriptions/{prescription_id}/", is_restricted=found[0])


def make(scope: PatientScope, prescription_id: UUID, *, now: datetime) -> bytes:
    """Return a prescription as a PDF. Raises NotFound."""
    return sheet.issue(scope, prescription_id, now=now).pdf
