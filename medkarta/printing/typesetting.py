"""Typesetting with typst: an archival (PDF/A-2a) and accessible (PDF/UA-1) file, the same bytes for the same sheet.

Texts go in as data and never as markup; the typesetter sees the fonts and the template of this folder and no other
file, and it has no network.
"""

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from medkarta.printing import fonts, rules
from medkarta.printing.layout import Layout, Plain
from medkarta.printing.pictures import qr_code
from medkarta.ui import format

TEMPLATE = fonts.FOLDER.parent / "templates/sheet.typ"
_local = threading.local()


class NotTypeset(Exception):
    """The typesetter would not take a sheet. Says why, without a word of the sheet."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the register adds to a sheet."""

    number: str
    passcode: str
    issued_at: datetime


def fingerprint(layout: Layout, dated_at: datetime | None) -> bytes:
    """Return a digest of everything that a sheet's bytes depend on, but its stamp."""
    said = json.dumps([layout.data, layout.drawings, str(dated_at), settings.BASE_URL, _version()])
    return hashlib.sha256(said.encode()).digest()


def typeset(layout: Layout, stamp: Stamp, *, dated_at: datetime | None) -> bytes:
    """Return a sheet as a PDF. `dated_at` is the moment that the file bears, as `Sheet` has it. Raises NotTypeset."""
    moment = max(0, int((dated_at or stamp.issued_at).timestamp()))
    try:
        made = _compiler().compile(
            **_given(layout, stamp), format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=moment
        )
    except typst.TypstError as error:
        raise NotTypeset(error.message.partition("`")[0]) from None  # what follows quotes the text
    return made if isinstance(made, bytes) else b""


def draw(layout: Layout, stamp: Stamp) -> list[bytes]:
    """Return the pages of a sheet as PNG, for eyes."""
    made = _compiler().compile(**_given(layout, stamp), format="png", ppi=100.0)
    return made if isinstance(made, list) else [made or b""]


def _given(layout: Layout, stamp: Stamp) -> dict[str, Any]:
    link = f"{settings.BASE_URL}/verify/?{urlencode({'number': stamp.number})}"
    data = {**layout.data, "stamp": _stamp(layout.data, stamp, link)}
    drawings = {name: svg.encode() for name, svg in {**layout.drawings, "verify.svg": qr_code(link)}.items()}
    return {
        "input": {"main.typ": _template(), **drawings},
        "sys_inputs": {"data": json.dumps(data, ensure_ascii=False)},
    }


def _stamp(data: Plain, stamp: Stamp, link: str) -> Plain:
    with translation.override(data["language"]):
        number = rules.grouped(stamp.number)
        return {
            "title": _("Проверка подлинности"),
            "alt": _("QR-код с адресом проверки: %(link)s") % {"link": link},
            "address": [_("Адрес"), f"{settings.BASE_URL}/verify/"],
            "number": [_("Номер листа"), number],
            "passcode": [_("Код"), rules.grouped(stamp.passcode)],
            "issued": [_("Выдан"), format.figures(stamp.issued_at)],
            "text": _("Страница проверки ответит только, подлинный ли лист и когда выдан. Имён она не называет."),
            "footer": _("Портал «Медкарта», лист № %(number)s") % {"number": number},
            "page": _("страница"),
            "of": _("из"),
            "code_alt": _("QR-код"),
            "notes": _("Примечания"),
            "patient": _("Пациент"),
        }


def _compiler() -> typst.Compiler:
    """Return this thread's compiler: one must not be shared. The fonts are read once for all."""
    if not hasattr(_local, "compiler"):
        _local.compiler = typst.Compiler(font_paths=_fonts())
    compiler: typst.Compiler = _local.compiler
    return compiler


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.FOLDER)])


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


@cache
def _version() -> str:
    """Return what changes when a sheet would be set otherwise: typesetter, drawing tools, template, fonts."""
    digest = hashlib.sha256(_template())
    for path in sorted(fonts.FOLDER.glob("*.ttf")):
        digest.update(path.read_bytes())
    return " ".join([*(version(name) for name in ("typst", "pillow", "segno")), digest.hexdigest()])
