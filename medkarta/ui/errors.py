"""What is said when a page cannot be shown: one sentence on what happened, one on what to do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The texts of one HTTP status. `can_retry`: asking for the same page again may help."""

    title: str | Promise
    text: str | Promise
    icon: str = "alert-triangle"
    can_retry: bool = False


TEXTS: dict[int, ErrorText] = {
    400: ErrorText(
        _("Не удалось понять запрос"),
        _("Ссылка повреждена или форма отправлена не полностью. Вернитесь назад и попробуйте ещё раз."),
    ),
    403: ErrorText(
        _("Сюда нет доступа"),
        _("Страница открылась слишком давно, или эта карта вам не доступна. Обновите страницу и попробуйте ещё раз."),
        "lock",
    ),
    404: ErrorText(_("Такой страницы нет"), _("Ссылка устарела или доступ к этой карте закончился."), "map-question"),
    405: ErrorText(
        _("Так эту страницу открыть нельзя"), _("Вернитесь назад и нажмите кнопку на самой странице."), "map-question"
    ),
    413: ErrorText(_("Файл слишком большой"), _("Выберите файл меньше или разделите его на части."), "file-text"),
    429: ErrorText(
        _("Слишком много запросов"),
        _("Подождите минуту и повторите: ничего из введённого не пропало."),
        "hourglass",
        True,
    ),
    500: ErrorText(
        _("На портале ошибка"),
        _("Мы уже знаем о ней и чиним. С вашими записями всё в порядке. Попробуйте ещё раз через несколько минут."),
        "plug-connected-x",
        True,
    ),
    503: ErrorText(
        _("Портал сейчас не отвечает"),
        _("Идут работы или слишком много посетителей. Попробуйте ещё раз через несколько минут."),
        "plug-connected-x",
        True,
    ),
}


def text_of(status: int) -> ErrorText:
    """Return the texts of an HTTP status; one without texts of its own gets those of 400 or 500."""
    return TEXTS.get(status) or TEXTS[500 if status >= 500 else 400]
