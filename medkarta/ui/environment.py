"""The Jinja2 environment of all pages: one per language, with the constant parts computed when a template compiles.

A page has some two hundred `icon("home")`, `static("…")` and `_("…")` with constant arguments. Called at each rendering
they cost more than everything else of a page; here they are folded into the compiled template.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import translation
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

import medkarta
from medkarta.ui import errors, fields, format, rendering

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


def template_folders() -> list[Path]:
    """Return the template folder of every room."""
    return sorted(Path(medkarta.__file__).parent.glob("*/jinja2"))


def environment() -> Environment:
    """Return the environment of the active language. Undefined names are errors, everything is escaped."""
    return _environment(format.language())


class PageEnvironment(Environment):
    """An environment whose templates are in one language."""

    language = "ru"

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        with translation.override(self.language):
            source = _Folding().visit(source)
            return super()._generate(source, name, filename, defer_init=defer_init)


class _Folding(NodeTransformer):
    """Replaces calls of known functions, all of whose arguments are constants, by their values."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        known = FOLDED.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if known is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        values = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if len(values) != len(node.args):
            return node
        return nodes.Const(known(*values), lineno=node.lineno, environment=node.environment)


def _translate(message: str) -> Markup:
    """Return what Jinja's own gettext returns for a message without variables: safe, with `%%` as `%`."""
    return Markup(translation.gettext(message)) % {}  # noqa: S704  the texts are ours


FOLDED: dict[str, Callable[..., Any]] = {"_": _translate, "gettext": _translate, "icon": icon, "static": static}


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
    found.language = language
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
    found.filters |= format.FILTERS | {"icon": icon}
    return found
