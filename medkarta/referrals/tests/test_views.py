"""The pages as a person gets them."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse

from medkarta.audit.texts import registered
from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.referrals import views
from medkarta.referrals.tests.factories import ReferralFactory

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(rf):
    """Return the text of a page of a record."""

    def get(view, patient, query="", restricted=Restricted.HIDDEN, **arguments):
        request = rf.get(f"/p/key/referrals/{query}")
        request.scope = scope_of(patient, restricted=restricted)
        request.htmx = SimpleNamespace()
        request._messages = []
        response = view(request, **arguments)
        assert response.status_code == 200
        get.action = getattr(request, "audit_action", "")
        return response.content.decode().replace("\u00a0", " ")

    return get


def test_list_referrals_shows_both_tables(page):
    patient = PatientFactory()
    study = ReferralFactory(patient=patient, valid_until=TODAY + 3 * DAY, facility_name="Поликлиника № 3")
    ReferralFactory(patient=patient, valid_until=None)
    ReferralFactory(patient=patient, hospital=True)

    text = page(views.list_referrals, patient)

    assert f'href="/p/key/referrals/{study.pk}/"' in text
    assert "Истекает через 3 дня" in text
    assert "сб, 28 ноября" in text
    assert "не указан" in text
    for words in ("Кардиология", "50-1", "Согласовано", "Номер направления"):
        assert words in text


def test_list_referrals_without_records_says_what_to_expect(page):
    text = page(views.list_referrals, PatientFactory())

    assert "Направлений нет" in text
    assert "Направлений в стационар нет" in text
    assert "Часть записей закрыта" not in text


def test_list_referrals_filtered_to_nothing_offers_everything(page):
    text = page(views.list_referrals, ReferralFactory().patient, "?state=over")

    assert "Нет данных по этим условиям" in text


def test_list_referrals_keeps_the_order_when_the_filter_changes(page):
    text = page(views.list_referrals, ReferralFactory().patient, "?s_sort=-what&h_sort=number")

    assert 'href="/p/key/referrals/?state=over&amp;s_sort=-what&amp;h_sort=number"' in text


def test_list_referrals_takes_nonsense_in_the_address(page):
    assert "Всего: 1" in page(views.list_referrals, ReferralFactory().patient, "?state=x&s_sort=y&h_page=z&s_page=0")


def test_list_referrals_tells_the_owner_of_locked_records(page):
    row = ReferralFactory(is_restricted=True)

    text = page(views.list_referrals, row.patient, restricted=Restricted.LOCKED)

    assert "Часть записей закрыта" in text
    assert "/login?again=1&amp;next=%2Fp%2Fkey%2Freferrals%2F" in text


def test_show_referral_tells_how_to_prepare_and_when_it_ends(page):
    row = ReferralFactory(instructions="Натощак", valid_until=TODAY, reason="Гастрит", number="50-7")

    text = page(views.show_referral, row.patient, referral_id=row.pk)

    for words in ("Натощак", "Истекает сегодня", "Гастрит", "Направление № 50-7", "ср, 25 ноября"):
        assert words in text
    assert page.action == "referrals.detail"
    assert page.action in registered()


def test_show_referral_of_another_person_is_not_found(page):
    with pytest.raises(NotFound):
        page(views.show_referral, PatientFactory(), referral_id=ReferralFactory().pk)


def test_pages_stand_at_their_addresses():
    row_id = UUID(int=1)

    assert reverse("referrals:list", kwargs={"key": "key"}) == "/p/key/referrals/"
    assert reverse("referrals:detail", kwargs={"key": "key", "referral_id": row_id}) == f"/p/key/referrals/{row_id}/"
