"""Words about files, for pages."""

from decimal import Decimal

from django.utils.translation import gettext as _

from medkarta.documents.rules import Family, family_of
from medkarta.ui.format import NBSP, number

_KILO = 1024


def family_text(content_type: str) -> str:
    """Say what a file is, for a person who has not heard of media types."""
    return {
        Family.PDF: _("Документ PDF"),
        Family.CDA: _("Электронный документ СЭМД (XML)"),
        Family.XML: _("Файл XML"),
        Family.IMAGE: _("Изображение"),
        Family.TEXT: _("Текст"),
        Family.SIGNATURE: _("Электронная подпись к документу"),
        Family.OTHER: _("Файл"),
    }[family_of(content_type)]


def family_note(content_type: str) -> str:
    """Say what can be done with a file; empty where everybody knows."""
    return {
        Family.CDA: _(
            "Исходный файл в формате медицинских систем. Его принимают другие клиники, а читать его неудобно."
        ),
        Family.XML: _("Исходный файл для медицинских систем."),
        Family.SIGNATURE: _("Нужна, чтобы проверить, кто подписал документ. Храните её вместе с файлом."),
    }.get(family_of(content_type), "")


def size_text(size: int | None) -> str:
    """Write a size in bytes as «12 КБ» or «1,4 МБ»; empty if unknown."""
    if size is None:
        return ""
    if size < _KILO:
        return f"{size}{NBSP}{_('Б')}"
    if size < _KILO * _KILO:
        return f"{round(size / _KILO)}{NBSP}{_('КБ')}"
    return f"{number(Decimal(size) / Decimal(_KILO * _KILO) // Decimal('0.1') * Decimal('0.1'))}{NBSP}{_('МБ')}"
