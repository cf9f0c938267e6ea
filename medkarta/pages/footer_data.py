"""The footer of a fresh installation: what the product has is linked, the rest waits for its address.

Titles are marked for translation here, since the table holds Russian ones.
"""

from django.utils.translation import gettext_noop as _

FOOTER: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        _("Услуги и сервисы"),
        (
            (_("Каталог услуг"), ""),
            (_("Личный кабинет"), "/enter/medcard"),
            (_("Список МФЦ"), ""),
            (_("Комплексные услуги"), ""),
        ),
    ),
    (
        _("Здоровье"),
        ((_("Запись к врачу"), ""), (_("Вызов врача на дом"), ""), (_("Заказать справку онлайн"), "")),
    ),
    (_("Досуг"), ((_("Спорт"), ""), (_("Культура"), ""))),
    (
        _("Вместе"),
        (
            (_("Оставить жалобу"), "/feedback/?kind=complaint"),
            (_("Опросы"), ""),
            (_("Голосования"), ""),
            (_("Народный бюджет"), ""),
        ),
    ),
    (
        _("О портале"),
        (
            (_("Обратная связь"), "/feedback/"),
            (_("Помощь"), "/help/"),
            (_("О проекте"), "/about/"),
            (_("Доступность"), "/about/accessibility/"),
            (_("Персональные данные"), "/about/privacy/"),
        ),
    ),
    (
        _("Мобильное приложение"),
        ((_("RuStore"), ""), (_("AppGallery"), ""), (_("App Store"), ""), (_("Google Play"), "")),
    ),
)
