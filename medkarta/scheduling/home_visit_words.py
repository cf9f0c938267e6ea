"""Words of home calls that the room hands to others: statuses of their requests, actions of the log, letters."""

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text
from medkarta.scheduling.models import HomeVisitRequest

TITLE = _("Вызов врача на дом")
SECTION = "appointments/home-visits/{target}/"
AUDIT: dict[str, Text] = {
    "scheduling.home_visit": _("просмотр одного вызова врача на дом"),
    "scheduling.home_visit_form": _("форма вызова врача на дом"),
    "scheduling.cancel_home_visit": _("отмена вызова врача на дом"),
    "scheduling.request_home_visit": _("вызов врача на дом"),
    "scheduling.change_home_visit": _("изменение статуса вызова врача на дом"),
    "scheduling.read_home_visits": _("чтение вызовов врача на дом в клинике"),
}
_FLOW: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("new", "neutral", ("accepted", "assigned", "rejected", "cancelled"), False),
    ("accepted", "info", ("assigned", "done", "rejected", "cancelled"), False),
    ("assigned", "info", ("done", "rejected"), False),
    ("done", "ok", (), True),
    ("rejected", "bad", (), True),
    ("cancelled", "neutral", (), True),
)
STATUSES = tuple(
    (code, HomeVisitRequest.Status(code).label, tone, leads_to, is_closed) for code, tone, leads_to, is_closed in _FLOW
)
"""Arguments of `requests.kinds.Status`, in the order of the flow."""

URGENT = ("accepted", "assigned", "rejected")
SUBJECTS: dict[str, Text] = {
    "new": _("Заявление отправлено"),
    "accepted": _("Клиника приняла заявление"),
    "assigned": _("Клиника назначила время"),
    "done": _("Заявление выполнено"),
    "rejected": _("Клиника отклонила заявление"),
    "cancelled": _("Заявление отменено"),
}
"""Line of the bell and subject of the letter by status: nothing medical in it."""
BODY = _("Заявление № {number}. Подробности на портале.")
DETAILED = _("Вызов врача на дом, {when}. Статус: {status}. Номер: {number}.")
