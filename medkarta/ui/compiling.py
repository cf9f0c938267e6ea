"""How templates become Python: what is known beforehand is computed then, and what remains costs little.

A page has some two hundred `icon("home")`, `static("…")` and `_("…")` with constant arguments, prints four hundred
values and calls seventy macros. The first are folded into the compiled template; values are escaped, and macros called,
without the general machinery that only values and functions of unknown kinds need.
"""

from collections.abc import Callable
from typing import Any

import markupsafe
from django.utils import translation
from jinja2 import Environment, nodes
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

Folded = dict[str, Callable[..., Any]]
_OWN_ESCAPE = "\nfrom medkarta.ui.compiling import escape\n"


def escape(value: Any) -> str:
    """Return the text of a value as it may stand in HTML, as `markupsafe.escape` does."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is str and value.isalnum():  # has nothing to escape
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    return markupsafe.escape(value)


class PageContext(Context):
    """Names of one rendering. A macro of ours never asks for it, so it is called as it is."""

    def call(self, called: Any, *arguments: Any, **named: Any) -> Any:
        if type(called) is not Macro:
            return super().call(called, *arguments, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*arguments, **named)


class PageEnvironment(Environment):
    """An environment whose templates are in one language. `folded`: functions known when a template compiles."""

    context_class = PageContext
    language = "ru"
    folded: Folded

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        with translation.override(self.language):
            source = _Folding(self.folded).visit(source)
            return super()._generate(source, name, filename, defer_init=defer_init) + _OWN_ESCAPE


class _Folding(NodeTransformer):
    """Replaces calls of known functions, all of whose arguments are constants, by their values."""

    def __init__(self, known: Folded) -> None:
        self._known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        known = self._known.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if known is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        values = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if len(values) != len(node.args):
            return node
        return nodes.Const(known(*values), lineno=node.lineno, environment=node.environment)
