"""What booking a visit by a referral changes in it."""

from datetime import datetime
from uuid import UUID

from medkarta.referrals.models import Referral


def note_booking(ref: UUID, appointment_id: UUID, is_booked: bool, *, now: datetime) -> None:
    """Note the live appointment of a referral, or free it: inside the transaction that books or cancels.

    Giving back changes nothing when another appointment has it by now. `now` is what `scheduling.grants` tells.
    """
    if is_booked:
        Referral.objects.filter(pk=ref).update(booked_appointment=appointment_id)
    else:
        Referral.objects.filter(pk=ref, booked_appointment=appointment_id).update(booked_appointment=None)
