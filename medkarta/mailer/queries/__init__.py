"""Reads of the mailer: the bell, what an account has chosen, and what it has sent to addresses."""

from medkarta.mailer.queries.notices import (
    KINDS,
    Channels,
    DeviceRow,
    HasActor,
    NoticeRow,
    Recipient,
    count_notices,
    get_channels,
    get_notice,
    kinds_to_choose,
    list_notices,
)
from medkarta.mailer.queries.sendings import (
    OwnAddress,
    SendingRow,
    check_own,
    count_sendings,
    get_sending,
    get_thing,
    list_addresses,
    list_sendings,
    secret_of,
    title_of,
)
from medkarta.mailer.sendable import Thing

__all__ = [
    "KINDS",
    "Channels",
    "DeviceRow",
    "HasActor",
    "NoticeRow",
    "OwnAddress",
    "Recipient",
    "SendingRow",
    "Thing",
    "check_own",
    "count_notices",
    "count_sendings",
    "get_channels",
    "get_notice",
    "get_sending",
    "get_thing",
    "kinds_to_choose",
    "list_addresses",
    "list_notices",
    "list_sendings",
    "secret_of",
    "title_of",
]
