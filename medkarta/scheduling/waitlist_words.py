"""Words of the waiting list that the room hands to others: statuses of its requests, actions of the log, letters."""

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text
from medkarta.scheduling.models import WaitlistEntry

TITLE = _("Лист ожидания")
SECTION = "appointments/waitlist/{target}/"
AUDIT: dict[str, Text] = {
    "scheduling.waitlist_entry": _("просмотр одной заявки в лист ожидания"),
    "scheduling.waitlist_form": _("форма заявки в лист ожидания"),
    "scheduling.waitlist_join": _("заявка в лист ожидания"),
    "scheduling.waitlist_created": _("заявка снова ждёт своей очереди"),
    "scheduling.waitlist_offered": _("по листу ожидания предложено время"),
    "scheduling.waitlist_booked": _("запись по листу ожидания"),
    "scheduling.waitlist_rejected": _("клиника отклонила заявку в лист ожидания"),
    "scheduling.waitlist_cancelled": _("заявка в лист ожидания отменена"),
    "scheduling.waitlist_expired": _("срок заявки в лист ожидания истёк"),
}
_FLOW: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("created", "neutral", ("offered", "booked", "rejected", "cancelled", "expired"), False),
    ("offered", "warn", ("created", "booked", "rejected", "cancelled", "expired"), False),
    ("booked", "ok", (), True),
    ("rejected", "bad", (), True),
    ("cancelled", "neutral", (), True),
    ("expired", "neutral", (), True),
)
STATUSES = tuple(
    (code, WaitlistEntry.Status(code).label, tone, leads_to, is_closed) for code, tone, leads_to, is_closed in _FLOW
)
"""Arguments of `requests.kinds.Status`, in the order of the flow."""

OFFER, PAUSED, REJECTED, EXPIRED, JOINED, CLOSED = (
    f"scheduling.waitlist_{name}" for name in ("offer", "paused", "rejected", "expired", "joined", "closed")
)
LETTERS: dict[str, tuple[Text, Text, Text, bool]] = {
    OFFER: (
        _("Вам предлагают время приёма: нужно ответить"),
        _("Предложено время: {when}. Ответьте до {deadline}, потом его предложат следующему."),
        _("Освободилось время: {when}, {what}, {place}. Ответьте до {deadline}, потом его предложат следующему."),
        True,
    ),
    PAUSED: (
        _("Вам ещё нужен приём? Ответьте, чтобы мы предлагали время дальше"),
        _("Два предложения остались без ответа. Место в очереди сохранено, ответьте на портале."),
        _("Два предложения остались без ответа: {what}. Место в очереди сохранено, ответьте на портале."),
        False,
    ),
    REJECTED: (
        _("Медучреждение ответило на вашу заявку в лист ожидания"),
        _("Заявка отклонена. Причина указана на портале."),
        _("Заявка отклонена: {what}. Причина указана на портале."),
        False,
    ),
    EXPIRED: (
        _("Срок вашей заявки в лист ожидания истёк"),
        _("Подходящего времени не нашлось. Заявку можно подать снова на портале."),
        _("Подходящего времени не нашлось: {what}. Заявку можно подать снова на портале."),
        False,
    ),
    JOINED: (
        _("Заявка в лист ожидания принята"),
        _("Мы сообщим, когда появится подходящее время."),
        _("Заявка принята: {what}. Мы сообщим, когда появится подходящее время."),
        False,
    ),
    CLOSED: (
        _("Заявка в лист ожидания закрыта"),
        _("Записи, вместо которой вы ждали другое время, больше нет. Если приём нужен, запишитесь на портале."),
        _("Записи, вместо которой вы ждали другое время, больше нет: {what}. Если приём нужен, запишитесь на портале."),
        False,
    ),
}
"""Subject, neutral body, detailed body, whether the night does not hold it up."""
