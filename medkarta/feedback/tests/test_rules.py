from datetime import date
from uuid import UUID

import pytest

from medkarta.feedback import rules

KEY = UUID(int=1)
SAME = {"sender": "s", "kind": "problem", "category": "portal", "email": "", "text": "Текст"}


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("/p/Ab-1_x/results/?q=имя", "/p/results/"),
        ("/p/results/", "/p/results/"),
        ("/facilities/?page=2#map", "/facilities/"),
        ("/", "/"),
        ("", ""),
        ("results/", ""),
        ("//example.org/", ""),
        ("/p/key//example.org/", "/p//example.org/"),
        ("/\\example.org", ""),
        ("https://example.org/", ""),
        ("javascript:alert(1)", ""),
        ("/a\nb", ""),
        ("/" + "a" * 600, "/" + "a" * 499),
    ],
)
def test_page_of_keeps_a_path_of_this_site_without_the_key(text, page):
    assert rules.page_of(text) == page


@pytest.mark.parametrize(("sent", "over"), [(9, False), (10, True), (11, True)])
def test_is_over_limit(sent, over):
    assert rules.is_over_limit(sent) is over


def test_due_on_is_promised_to_signed_in_people_only():
    assert rules.due_on(date(2026, 11, 25), is_signed_in=True) == date(2026, 12, 25)
    assert rules.due_on(date(2026, 11, 25), is_signed_in=False) is None


@pytest.mark.parametrize("name", list(SAME))
def test_message_key_differs_with_any_part(name):
    same = rules.message_key(KEY, **SAME)

    assert rules.message_key(KEY, **SAME) == same
    assert rules.message_key(KEY, **{**SAME, name: "другое"}) != same
    assert rules.message_key(UUID(int=2), **SAME) != same
