"""Words of requests that the room shows and hands to others: statuses, actions of the log, letters, reasons."""

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text
from medkarta.prescriptions.models import PrescriptionRepeat
from medkarta.prescriptions.repeats.rules import Why

TITLE = _("Повторный рецепт")
SECTION = "prescriptions/repeats/{target}/"
AUDIT: dict[str, Text] = {
    "prescriptions.repeat": _("просмотр одного запроса повторного рецепта"),
    "prescriptions.repeat_form": _("форма запроса повторного рецепта"),
    "prescriptions.ask_repeat": _("запрос повторного рецепта"),
    "prescriptions.change_repeat": _("изменение статуса запроса повторного рецепта"),
    "prescriptions.cancel_repeat": _("отмена запроса повторного рецепта"),
    "prescriptions.read_repeats": _("чтение запросов повторного рецепта в клинике"),
}
_FLOW: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("new", "neutral", ("in-work", "visit", "ready", "refused", "cancelled"), False),
    ("in-work", "info", ("visit", "ready", "refused", "cancelled"), False),
    ("visit", "warn", ("in-work", "ready", "refused", "cancelled"), False),
    ("ready", "ok", (), True),
    ("refused", "bad", (), True),
    ("cancelled", "neutral", (), True),
)
STATUSES = tuple(
    (code, PrescriptionRepeat.Status(code).label, tone, leads_to, is_closed)
    for code, tone, leads_to, is_closed in _FLOW
)
"""Arguments of `requests.kinds.Status`, in the order of the flow."""
TONES: dict[str, str] = {code: tone for code, tone, _leads_to, _is_closed in _FLOW}
ICONS = {"in-work": "progress", "cancelled": "circle-x"}

SUBJECTS: dict[str, Text] = {
    "visit": _("Клиника просит прийти"),
    "ready": _("Клиника ответила на заявление"),
    "refused": _("Клиника отклонила заявление"),
}
"""Line of the bell and subject of the letter by status: nothing medical in it."""
BODY = _("Заявление № {number}. Подробности на портале.")
DETAILED = _("Повторный рецепт: {what}. Статус: {status}. Номер: {number}.")

REASONS: dict[str, Text] = {
    "too-early": _("Просить ещё рано: препарата должно хватить."),
    "replaced": _("Врач заменил этот препарат другим."),
    "not-needed": _("Врач отменил этот препарат."),
    "not-ours": _("Этот рецепт выписывает другая клиника."),
    "other": "",
}
WHY_NOT: dict[Why, Text] = {
    Why.STILL_VALID: _("Этот рецепт ещё действует: сначала получите препарат по нему"),
    Why.AT_PHARMACY: _("Этот рецепт сейчас у аптеки: дождитесь препарата"),
    Why.CANCELLED: _("Врач отменил этот рецепт. Если препарат нужен, запишитесь на приём"),
    Why.IN_PERSON: _("Такой рецепт выписывают только на приёме"),
}


def why_not(why: Why) -> Text:
    """Say why a prescription is not asked for from here; empty if it may be."""
    return WHY_NOT.get(why, "")


def reason(code: str) -> str:
    """Say why a clinic refused; empty where its own words do."""
    return str(REASONS.get(code, ""))
