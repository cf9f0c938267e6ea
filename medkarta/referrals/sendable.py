"""A referral as something that can be sent to an address: its sheet of paper."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope
from medkarta.mailer.queries import Thing
from medkarta.referrals import sheet
from medkarta.referrals.models import Referral


def find(scope: PatientScope, referral_id: UUID) -> Thing:
    """Return a referral that this scope may see. Raises NotFound."""
    found = Referral.objects.for_scope(scope).filter(pk=referral_id).values_list("what", "is_restricted").first()
    if found is None:
        raise NotFound
    scope.reads.add("ServiceRequest", [referral_id])
    return Thing(found[0] or _("Направление"), f"referrals/{referral_id}/", is_restricted=found[1])


def make(scope: PatientScope, referral_id: UUID, *, now: datetime) -> bytes:
    """Return a referral as a PDF. Raises NotFound."""
    return sheet.issue(scope, referral_id, now=now).pdf
