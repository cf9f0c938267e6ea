"""The Jinja2 environment of all pages: one per language; `compiling` says how it makes them fast."""

from collections.abc import Hashable
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import translation
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Macro
from markupsafe import Markup

import medkarta
from medkarta.ui import errors, fields, format, phones, rendering
from medkarta.ui.compiling import Folded, PageEnvironment

SPRITE = "ui/vendor/icons.svg"
_SIZES = {"": "mk-ic", "s": "mk-ic mk-ic--s", "l": "mk-ic mk-ic--l"}


@cache
def static(path: str) -> str:
    """Return the address of a static file, with its hash where the storage adds one."""
    return staticfiles_storage.url(path)


@cache
def icon(name: str, size: str = "") -> Markup:
    """Return an icon of the sprite, hidden from screen readers. `size`: "" (22 px), "s" (18), "l" (28)."""
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        _SIZES[size], static(SPRITE), name
    )


@lru_cache(maxsize=512)
def made_once(macro: Macro, shown: Hashable) -> Markup:
    """Return what a macro makes of a value that is nobody's own, such as a menu: made anew only after many others.

    A macro belongs to the templates of one language, so the language needs no place in the key.
    """
    return Markup(macro(shown))  # noqa: S704  the templates escape


def template_folders() -> list[Path]:
    """Return the template folder of every room."""
    return sorted(Path(medkarta.__file__).parent.glob("*/jinja2"))


def environment() -> Environment:
    """Return the environment of the active language. Undefined names are errors, everything is escaped."""
    return _environment(format.language())


def _translate(message: str) -> Markup:
    """Return what Jinja's own gettext returns for a message without variables: safe, with `%%` as `%`."""
    return Markup(translation.gettext(message)) % {}  # noqa: S704  the texts are ours


FOLDED: Folded = {"_": _translate, "gettext": _translate, "icon": icon, "static": static}


@cache
def _environment(language: str) -> Environment:
    found = PageEnvironment(
        loader=FileSystemLoader(template_folders()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=settings.DEBUG,
        cache_size=-1,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    found.language, found.folded = language, FOLDED
    found.policies["ext.i18n.trimmed"] = True
    found.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    found.globals |= {
        "static": static,
        "icon": icon,
        "csrf_input": rendering.csrf_input,
        "csrf_token": rendering.csrf_token,
        "field_view": fields.view_of,
        "form_errors": fields.errors_of,
        "error_text": errors.text_of,
        "plural": format.plural,
        "counted": format.counted,
    }
    found.filters |= format.FILTERS | phones.FILTERS | {"icon": icon, "made_once": made_once}
    return found
