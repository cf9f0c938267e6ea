import pytest

from medkarta.pages import queries
from medkarta.pages.models import FooterLink

pytestmark = pytest.mark.django_db


def test_fresh_footer_links_what_the_product_has_and_keeps_places_for_the_rest():
    shown = {title for _group, links in queries.list_footer() for title, _href in links}

    assert {"Личный кабинет", "Оставить жалобу", "Обратная связь", "О проекте", "Доступность"} <= shown
    assert FooterLink.objects.filter(title="Список МФЦ", href="").exists()
    assert "Список МФЦ" not in shown
