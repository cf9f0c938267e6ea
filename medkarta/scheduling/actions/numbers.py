"""Changing a number of booking: a new row from a moment on; what held before stays on record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medkarta.audit import actions as audit
from medkarta.core.errors import Refused
from medkarta.core.scopes import StaffScope, WorkerScope
from medkarta.scheduling.models import BookingSetting
from medkarta.scheduling.queries import settings
from medkarta.scheduling.rules import defaults, home_visits


class WrongSetting(Refused):
    text = _("Такой настройки нет или значение ей не подходит: {why}")


@transaction.atomic
def set_setting(
    scope: StaffScope | WorkerScope,
    *,
    name: str,
    value: Any,
    valid_from: datetime,
    now: datetime,
    facility_id: UUID | None = None,
    position_code: str = "",
    note: str = "",
) -> UUID:
    """Let a number hold from a moment on: the region's, a clinic's, or a position's. Raises WrongSetting."""
    if name.startswith(home_visits.PREFIX):
        if not home_visits.is_setting(name.removeprefix(home_visits.PREFIX), value):
            raise WrongSetting(why=name)
    else:
        try:
            value = defaults.checked(name, value)
        except ValueError as error:
            raise WrongSetting(why=error) from None
    row = BookingSetting.objects.create(
        name=name,
        facility_id=facility_id,
        position_code=position_code,
        value=list(value) if isinstance(value, tuple) else value,
        valid_from=valid_from,
        created_at=now,
        note=note,
    )
    audit.record(scope, action="scheduling.set_setting", target=row, details={"name": name})
    settings.forget()
    return row.pk
