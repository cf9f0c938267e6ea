"""Who may book a time: rights as bits, so that the database can compare sets. Pure.

Source: the working model of regional systems, booking rules §1.2. The names are those of the exchange.
"""

from collections.abc import Iterable

BITS = {
    "Internet": 1,
    "Infomat": 2,
    "CallCenter": 4,
    "Registry": 8,
    "Doctor": 16,
    "DoctorOtherLpu": 32,
    "Quota": 64,
}
COMPETITIVE = ("Internet", "Infomat", "CallCenter", "Registry")
"""Open to all self-service and call channels at once; also what a time has when its owner names no rights."""


def mask_of(rights: Iterable[str]) -> int:
    """Return the bits of a set of rights; unknown names count for nothing, no name at all for the competitive set."""
    names = tuple(rights) or COMPETITIVE
    mask = 0
    for name in names:
        mask |= BITS.get(name, 0)
    return mask


def mask_for(channel: str, *, has_grant: bool) -> int:
    """Return the bits with which a channel may book. A referral or a follow-up opens the doctor's own times too."""
    mask = BITS.get(channel, 0)
    if has_grant and channel in ("Internet", "CallCenter", "Infomat"):
        mask |= BITS["Doctor"] | BITS["DoctorOtherLpu"]
    return mask
