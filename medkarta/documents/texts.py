"""Words about files, for pages."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from medkarta.documents.queries import DocumentPage, FileRow, Reading
from medkarta.documents.rules import Family, family_of
from medkarta.ui.format import NBSP, figures, number, time_of, when

Act = tuple[str, str, str]
"""Icon, words and address of something that can be done with a document."""

_KILO = 1024


def facts(document: DocumentPage, *, on_paper: bool = False) -> tuple[tuple[str, str], ...]:
    """Return what stands above the text of a document: label and value. Paper says the year of every date."""
    dated = f"{figures(document.dated_at)}, {time_of(document.dated_at)}" if document.dated_at else ""
    author = ", ".join(part for part in (document.author_name, document.author_post) if part)
    known = [
        (_("Вид"), document.kind_name or _("не указан")),
        (_("Дата"), dated if on_paper and dated else when(document.dated_at)),
        (_("Учреждение"), document.place or _("не указано")),
        (_("Автор"), author or _("не указан")),
        (_("Подписал(а)"), document.signer_name or _("не указано")),
        (_("Номер"), document.number or _("не указан")),
    ]
    if document.version > 1:
        known.append((_("Версия"), str(document.version)))
    return tuple(known)


def nameless() -> str:
    """Call a document that its sender gave neither a name nor a kind."""
    return _("Медицинский документ")


def marks(document: DocumentPage) -> tuple[str, ...]:
    """Return what a reader on paper has to know of a document, in sentences."""
    return (
        *([_("Документ заменён новой версией")] if document.is_superseded else []),
        *([_("Документ предварительный: клиника ещё может его изменить")] if document.is_preliminary else []),
        *([_("Не соответствует официальной схеме — показан как есть")] if document.is_conforming is False else []),
    )


def acts(base: str, document: DocumentPage, reading: Reading) -> tuple[Act, ...]:
    """Return what can be done with a document on its page. `base`: its address."""
    files = [f"{base}files/{one.position}/" for one in document.files if one.is_here]
    best = f"{base}pdf/" if reading.sections else files[0] if files else ""
    return (
        *([("download", _("Скачать PDF") if reading.sections else _("Скачать"), best)] if best else []),
        *([("printer", _("Печать"), f"{base}print/")] if is_printable(document.files, reading) else []),
    )


def is_printable(files: Iterable[FileRow], reading: Reading) -> bool:
    """Tell whether there is something that a page of ours can print: a text or a picture."""
    return bool(reading.sections) or any(one.is_here and one.is_shown and one.family is Family.IMAGE for one in files)


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
