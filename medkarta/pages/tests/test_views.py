from uuid import uuid4

import pytest
from django.http import Http404

from medkarta.core.scopes import AccountScope, Actor, ActorKind
from medkarta.pages import library, queries
from medkarta.pages.models import FooterLink

pytestmark = pytest.mark.django_db

PAGES = ["/", "/about/", "/about/privacy/", "/about/accessibility/", "/help/"]


@pytest.mark.parametrize("path", PAGES + [f"/help/{slug}/" for slug in library.HELP])
def test_page_is_public_and_has_one_heading(visit, path):
    response = visit(path)

    assert response.status_code == 200
    assert response.content.decode().count("<h1>") == 1


@pytest.mark.parametrize("path", PAGES)
def test_page_lives_without_rows(visit, path):
    FooterLink.objects.all().delete()
    queries.forget_footer()

    assert visit(path).status_code == 200


def test_page_takes_reading_only(visit):
    assert visit("/about/", method="POST").status_code == 405


def test_start_leads_to_gosuslugi_and_to_the_card(visit):
    html = visit("/").content.decode()

    for address in ("/login", "/enter/medcard", "tel:103", "/about/privacy/", "/help/child-policy/"):
        assert f'href="{address}"' in html
    assert "принимаете соглашение" not in html


def test_start_offers_the_card_to_somebody_signed_in(visit):
    html = visit("/", account=AccountScope(Actor(ActorKind.PERSON, "1"), uuid4())).content.decode()

    assert "Открыть медицинскую карту" in html
    assert "Войти через Госуслуги" not in html


def test_about_names_version_operator_and_licences(visit, settings):
    settings.OPERATOR_NAME = "ГБУ <Пример>"

    html = visit("/about/").content.decode()

    assert "ГБУ &lt;Пример&gt;" in html
    assert "0.1.0" in html
    assert "Tabler" in html
    assert "SIL Open Font License" in html


def test_privacy_names_the_operator_as_plain_text(visit, settings):
    settings.OPERATOR_NAME = "ГБУ <script>"

    html = visit("/about/privacy/").content.decode()

    assert "ГБУ &lt;script&gt;" in html


@pytest.mark.parametrize("slug", ["nothing", "privacy"])
def test_show_help_of_no_topic_is_missing(visit, slug):
    with pytest.raises(Http404):
        visit(f"/help/{slug}/")
