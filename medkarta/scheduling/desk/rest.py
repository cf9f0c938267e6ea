"""`medkarta desk set|waitlist`: numbers of booking, and entries that a clinic can't serve."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.scheduling.actions import numbers, waitlist
from medkarta.scheduling.desk import clerk
from medkarta.scheduling.desk.clerk import Clerk, Options, Parsers
from medkarta.scheduling.queries import desk
from medkarta.ui import format


def add_parsers(found: Parsers) -> None:
    """Add `set` and `waitlist reject`."""
    setting = found.add_parser("set", help=_("изменить настройку записи; без клиники — для всего региона"))
    setting.add_argument("name", help=_("имя, например horizon_days"))
    setting.add_argument("value", help=_("значение: число, слово или список в JSON"))
    setting.add_argument("--position", default="", help=_("код специальности"))
    setting.add_argument("--from", dest="since", type=clerk.moment, help=_("с какого момента; без него сразу"))
    setting.add_argument("--note", default="", help=_("приказ или решение"))
    setting.set_defaults(act=set_number)
    verbs = found.add_parser("waitlist", help=_("лист ожидания")).add_subparsers(dest="verb", required=True)
    reject = verbs.add_parser("reject", help=_("отклонить заявку"))
    reject.add_argument("entry", type=UUID)
    reject.add_argument("--reason", required=True, help=_("причина, её увидит пациент"))
    reject.set_defaults(act=reject_entry)


def set_number(who: Clerk, options: Options) -> Iterable[str]:
    since = options["since"]
    row_id = numbers.set_setting(
        who.anywhere(),
        name=options["name"],
        value=_value(options["value"]),
        valid_from=clerk.in_zone(since, format.zone_of("")) if since else who.now,
        facility_id=who.clinic_id,
        position_code=options["position"],
        note=options["note"],
        now=who.now,
    )
    return [str(row_id)]


def reject_entry(who: Clerk, options: Options) -> Iterable[str]:
    scope = who.at(who.clinic_id or desk.clinic_of_entry(options["entry"]))
    waitlist.reject(scope, entry_id=options["entry"], reason=options["reason"], now=who.now)
    return [str(options["entry"])]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
