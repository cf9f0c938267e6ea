"""How templates become Python: what is known beforehand is computed then, and what remains costs little.

A page has some two hundred `icon("home")`, `static("…")` and `_("…")` with constant arguments, prints four hundred
values and calls seventy macros. The first are folded into the compiled template; values are escaped, and macros called,
without the general machinery that only values and functions of unknown kinds need.
"""

from collections.abc import Callable
from typing import Any

import markupsafe
from django.utils import translation
from jinja2 import Environment, StrictUndefined, Template, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]

Folded = dict[str, Callable[..., Any]]
_GETTEXT = ("_", "gettext")
_LEFT_OUT = (missing,) * 32  # more than any macro has arguments
_NO_CALLER = StrictUndefined("No caller defined", name="caller")
_OWN_ESCAPE = "\nfrom medkarta.ui.compiling import escape\n"


def escape(value: Any) -> str:
    """Return the text of a value as it may stand in HTML, as `markupsafe.escape` does."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return escape_text(value)
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
        if called.catch_kwargs or called.catch_varargs or len(arguments) > called._argument_count:
            return called(*arguments, **named)
        if named:
            arguments += tuple([named.pop(name, missing) for name in called.arguments[len(arguments) :]])
        else:
            arguments += _LEFT_OUT[: called._argument_count - len(arguments)]
        if called.caller and not called.explicit_caller:
            arguments += (named.pop("caller", _NO_CALLER),)
        if named:
            return called(*arguments, **named)  # says what is wrong
        return str.__new__(Markup, called._func(*arguments))


class PageTemplate(Template):
    """A template that is imported once: all of ours have the same globals."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class PageEnvironment(Environment):
    """An environment whose templates are in one language. `folded`: functions known when a template compiles."""

    context_class = PageContext
    template_class = PageTemplate
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
        if known is None or node.dyn_args or node.dyn_kwargs:
            return node
        if node.kwargs:
            return self._with_values(node)
        values = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if len(values) != len(node.args):
            return node
        return nodes.Const(known(*values), lineno=node.lineno, environment=node.environment)

    def _with_values(self, node: nodes.Call) -> nodes.Node:
        """Translate a message with variables beforehand; what remains is to put them in, escaped."""
        name, message = node.node, node.args[0] if len(node.args) == 1 else None
        if not (isinstance(name, nodes.Name) and name.name in _GETTEXT and isinstance(message, nodes.Const)):
            return node
        pairs = [nodes.Pair(nodes.Const(one.key), one.value) for one in node.kwargs]
        text = nodes.Const(Markup(translation.gettext(message.value)))  # noqa: S704  the texts are ours
        found = nodes.Mod(text, nodes.Dict(pairs), lineno=node.lineno)
        assert node.environment is not None
        return found.set_environment(node.environment)
