"""Words about files, for pages."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.scopes import PatientScope
from medkarta.documents.queries import DocumentPage, DocumentRow, FileRow, Reading
from medkarta.documents.queries.signatures import SignatureRow
from medkarta.documents.rules import Family, family_of, is_shown
from medkarta.ui.format import NBSP, figures, number, time_of, when

Act = tuple[str, str, str]
"""Icon, words and address of something that can be done with a document."""

PDF = "application/pdf"
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


def marks(document: DocumentPage, signed: Sequence[SignatureRow]) -> tuple[str, ...]:
    """Return what a reader on paper has to know of a document, in sentences: first that a signature is broken."""
    warnings = (f"{title}. {text}" for title, text in signature_warnings(signed))
    return (
        *warnings,
        *([_("Документ заменён новой версией")] if document.is_superseded else []),
        *([_("Документ предварительный: клиника ещё может его изменить")] if document.is_preliminary else []),
        *([_("Не соответствует официальной схеме — показан как есть")] if document.is_conforming is False else []),
    )


def signature_warnings(signed: Sequence[SignatureRow]) -> list[tuple[str, str]]:
    """Return the title and the text of a warning of the first signature that is broken; nothing of the others."""
    why = next((row.why for row in signed if row.is_broken), None)
    if why is None:
        return []
    text = _(
        "Причина: %(why)s. Документ показан таким, каким пришёл. Прежде чем пользоваться им, уточните его в клинике."
    )
    return [(_("Электронная подпись не подтвердилась"), text % {"why": why})]


def acts(scope: PatientScope, document: DocumentPage, reading: Reading) -> tuple[Act, ...]:
    """Return what can be done with a document on its page."""
    base = scope.url(document.path)
    files = [one for one in document.files if one.is_here]
    to_print = print_address(base, files, reading)
    is_inside = reading.inside is not None and reading.inside.content_type == PDF
    to_send = bool(reading.sections) or is_inside or any(one.content_type == PDF for one in files)
    return (
        *([("download", _("Скачать PDF") if reading.sections else _("Скачать"), f"{base}pdf/")] if files else []),
        *([_to_send(scope, document.id)] if to_send and scope.may_act else []),
        *([("printer", _("Печать"), to_print)] if to_print else []),
    )


def row_acts(scope: PatientScope, row: DocumentRow) -> tuple[Act, ...]:
    """Return what can be done with a document in a list."""
    if row.file is None:
        return ()
    base, family = scope.url(f"documents/{row.id}/"), family_of(row.file_type)
    is_page = family is Family.CDA or (is_shown(row.file_type) and family is not Family.PDF)
    opened = f"{base}files/{row.file}/"
    return (
        ("download", _("Скачать"), f"{base}pdf/" if family is Family.CDA else opened),
        *([_to_send(scope, row.id)] if scope.may_act and is_sendable(row.file_type) else []),
        *([("printer", _("Печать"), f"{base}print/")] if is_page else []),
        *([("printer", _("Печать"), f"{opened}view/")] if family is Family.PDF else []),
    )


def is_sendable(content_type: str) -> bool:
    """Tell whether a file can leave as a PDF: it is one, or has a text that can be set."""
    return family_of(content_type) in (Family.PDF, Family.CDA) or content_type == "text/plain"


def _to_send(scope: PatientScope, document_id: UUID) -> Act:
    return "mail", _("На почту"), scope.url(f"send/documents/{document_id}/")


def print_address(base: str, files: Sequence[FileRow], reading: Reading) -> str:
    """Return where a document is printed: a text or a picture on a page of ours, a PDF in the browser's viewer."""
    if reading.sections or any(one.is_shown and one.family is Family.IMAGE for one in files):
        return f"{base}print/"
    if reading.inside and reading.inside.content_type == PDF:
        return f"{base}inside/"
    return next((f"{base}files/{one.position}/view/" for one in files if one.content_type == PDF), "")


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
