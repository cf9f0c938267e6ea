"""Compiled pages print what Jinja's own would."""

import markupsafe
import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy
from jinja2 import UndefinedError
from markupsafe import Markup

from medkarta.ui.compiling import escape
from medkarta.ui.environment import environment


@pytest.mark.parametrize(
    "value", ["", "Анна", "a b", "<b>&\"'", "abc<", Markup("<b>"), 7, None, True, gettext_lazy("<i>"), Markup("x")]
)
def test_escape_gives_what_markupsafe_gives(value):
    assert str(escape(value)) == str(markupsafe.escape(value))


class _Loud(str):
    """A string that says of itself how it looks in HTML."""

    def __html__(self) -> str:
        return "<b>loud</b>"


def test_escape_asks_a_string_of_another_kind():
    assert escape(_Loud("abc")) == "<b>loud</b>"


def test_template_escapes_what_goes_through_macros_once():
    source = (
        "{% macro inner(text, tone='') %}<i class=\"{{ tone }}\">{{ text }}{{ caller() if caller is defined }}</i>"
        "{% endmacro %}"
        "{% for one in rows %}{{ inner(one, tone='a&b') }}{% endfor %}{% call inner('x<') %}{{ rows[0] }}{% endcall %}"
    )

    page = environment().from_string(source).render(rows=["1 < 2", Markup("<u>")])

    assert page == ('<i class="a&amp;b">1 &lt; 2</i><i class="a&amp;b"><u></i><i class="">x&lt;1 &lt; 2</i>')


def test_template_translates_a_message_with_variables_and_escapes_them():
    source = '{{ _("Всего: %(total)s", total=one) }}{% trans number=one %}каб. {{ number }}{% endtrans %}'

    assert environment().from_string(source).render(one="<1>") == "Всего: &lt;1&gt;каб. &lt;1&gt;"
    with translation.override("en"):
        assert environment().from_string(source).render(one="1").startswith("Total: 1")


@pytest.mark.parametrize("call", ["inner()", "inner('a', 'b', 'c')", "inner('a', wrong=1)", "inner('a', text='b')"])
def test_template_refuses_a_macro_call_that_does_not_fit(call):
    source = "{% macro inner(text, tone='') %}{{ text }}{% endmacro %}{{ " + call + " }}"

    with pytest.raises((TypeError, UndefinedError)):
        environment().from_string(source).render()
