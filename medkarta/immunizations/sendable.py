"""All vaccinations of a person as something that can be sent to an address: one sheet, named by the person's id."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.immunizations import sheet
from medkarta.mailer.queries import Thing


def find(scope: PatientScope, person_id: UUID) -> Thing:
    """Return the list of the person whose record this is. Raises NotFound for any other."""
    if person_id != scope.person_id:
        raise NotFound
    return Thing(_("Сведения о прививках"), "immunizations/")


def make(scope: PatientScope, person_id: UUID, *, now: datetime) -> bytes:
    """Return the list as a PDF. Raises NotFound."""
    find(scope, person_id)
    return sheet.issue(scope, now=now).pdf
