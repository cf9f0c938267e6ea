"""What the access log says of calendars."""

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text

AUDIT: dict[str, Text] = {
    "scheduling.calendar": _("просмотр календаря приёмов и вызовов"),
    "scheduling.family_calendar": _("просмотр календаря всей семьи"),
    "scheduling.calendar_file": _("запись скачана для календаря"),
    "scheduling.feed": _("календарь прочитал записи по подписке"),
    "scheduling.create_feed": _("подписка на календарь создана"),
    "scheduling.revoke_feed": _("подписка на календарь отозвана"),
}
