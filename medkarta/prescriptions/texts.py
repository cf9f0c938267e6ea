"""Words, shapes and colours of a prescription's status, for pages and the home page."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.prescriptions import rules
from medkarta.prescriptions.models import Prescription
from medkarta.ui.format import counted

STATUS: dict[str, tuple[str, str | Promise, str]] = {
    "issued": ("info", Prescription.Status.ISSUED.label, "pill"),
    "in-service": ("info", Prescription.Status.IN_SERVICE.label, "progress"),
    "deferred": ("warn", Prescription.Status.DEFERRED.label, "clock"),
    "partly-dispensed": ("info", Prescription.Status.PARTLY_DISPENSED.label, "progress"),
    "dispensed": ("ok", Prescription.Status.DISPENSED.label, "circle-check"),
    rules.EXPIRED: ("neutral", gettext_lazy("Просрочен"), "history"),
    "cancelled": ("neutral", Prescription.Status.CANCELLED.label, "circle-x"),
    "unknown": ("neutral", Prescription.Status.UNKNOWN.label, "info-circle"),
}
"""Status -> tone, word, icon."""


def ends_text(days_left: int) -> str:
    """Say how soon a prescription ends; `days_left` as `rules.days_left` counts it."""
    if days_left == 0:
        return _("заканчивается сегодня")
    if days_left == 1:
        return _("заканчивается завтра")
    return _("заканчивается через %(days)s") % {"days": counted(days_left, _("день"), _("дня"), _("дней"))}


def status_note(status: str) -> str:
    """Say what a status means for the person; empty where the word says it all."""
    return {
        "issued": _("Покажите рецепт в аптеке до конца срока действия."),
        "in-service": _("Аптека приняла рецепт и готовит препарат."),
        "deferred": _("Препарата сейчас нет, аптека отпустит его позже. Рецепт у неё на учёте и после своего срока."),
        "partly-dispensed": _("Часть препарата выдана. За остальным придите до конца срока действия."),
        rules.EXPIRED: _("Срок действия прошёл, аптека по нему не отпустит. За новым рецептом обратитесь к врачу."),
        "cancelled": _("Рецепт отменён. Если препарат вам нужен, обратитесь к врачу."),
        "unknown": _("Клиника не сообщила, что с рецептом. Уточните у врача или в аптеке."),
    }.get(status, "")
