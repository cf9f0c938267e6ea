import io
from datetime import date, timedelta

import pikepdf
import pytest

from medkarta.core.errors import NotFound
from medkarta.patients.tests.factories import NOW, PatientFactory, scope_of
from medkarta.printing.models import IssuedSheet
from medkarta.printing.tests.reading import squeezed, text_of
from medkarta.referrals import queries, sheet
from medkarta.referrals.tests.factories import ReferralFactory

pytestmark = pytest.mark.django_db


def sheet_of(row):
    scope = scope_of(row.patient)
    return sheet.sheet_of(queries.get_referral(scope, row.pk, now=NOW), sheet.patients.get_person(scope))


def test_issue_prints_where_until_when_and_how_to_prepare():
    row = ReferralFactory(
        number="77-15", valid_from=date(2026, 11, 25), facility_name="Поликлиника № 3",
        instructions="Не есть 8 часов.\n\nВзять полотенце.", reason="K29.5",
    )  # fmt: skip

    issued = sheet.issue(scope_of(row.patient), row.pk, now=NOW)

    words = squeezed(text_of(pikepdf.open(io.BytesIO(issued.pdf)))[0])
    for part in (
        *("УЗИ брюшной полости", "77-15", "с 25.11.2026 по 25.12.2026", "Поликлиника № 3", "Как подготовиться"),
        *("Не есть 8 часов.", "Взять полотенце.", "K29.5", "Направление"),
    ):
        assert squeezed(part) in words


def test_sheet_is_the_same_on_every_day():
    row = ReferralFactory()
    scope = scope_of(row.patient)

    issued = [sheet.issue(scope, row.pk, now=NOW + timedelta(days=days)) for days in (0, 29, 30, 31, 500)]

    assert len({(one.number, one.sha256) for one in issued}) == 1


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (None, date(2026, 12, 25), "по 25.12.2026 включительно"),
        (date(2026, 11, 1), date(2026, 12, 25), "с 01.11.2026 по 25.12.2026"),
        (date(2026, 11, 1), None, ""),
    ],
)
def test_sheet_tells_the_term(since, until, words):
    found = dict(sheet_of(ReferralFactory(valid_from=since, valid_until=until)).facts)

    assert found["Срок действия"] == words


@pytest.mark.parametrize(("status", "words"), [("active", ""), ("revoked", "Отозвано")])
def test_sheet_names_a_status_only_when_it_is_closed(status, words):
    assert dict(sheet_of(ReferralFactory(status=status)).facts)["Статус"][: len("Отозвано")] == words


def test_issue_refuses_what_the_scope_may_not_see():
    theirs = ReferralFactory(is_restricted=True)

    for scope in (scope_of(PatientFactory()), scope_of(theirs.patient)):
        with pytest.raises(NotFound):
            sheet.issue(scope, theirs.pk, now=NOW)

    assert not IssuedSheet.objects.exists()
