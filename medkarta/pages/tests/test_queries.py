from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from medkarta.core import sql
from medkarta.pages import queries, rules
from medkarta.pages import sql as fragments
from medkarta.pages.models import FooterLink
from medkarta.pages.tests.factories import AnnouncementFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)
BORN = date(1988, 11, 25)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def empty_board():
    FooterLink.objects.all().delete()


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "running"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY + DAY, None, False),
        (None, TODAY - DAY, False),
    ],
)
def test_list_announcements_keeps_the_days(starts_on, ends_on, running):
    AnnouncementFactory(starts_on=starts_on, ends_on=ends_on)

    assert bool(queries.list_announcements(BORN, "female", TODAY)) is running


@pytest.mark.parametrize(("min_age", "max_age", "shown"), [(38, 38, True), (39, 150, False), (0, 37, False)])
def test_list_announcements_keeps_the_age_reached_today(min_age, max_age, shown):
    AnnouncementFactory(min_age=min_age, max_age=max_age)

    assert bool(queries.list_announcements(BORN, "female", TODAY)) is shown


@pytest.mark.parametrize(
    ("audience", "gender", "shown"), [("", "unknown", True), ("male", "female", False), ("male", "male", True)]
)
def test_list_announcements_keeps_the_sex(audience, gender, shown):
    AnnouncementFactory(gender=audience)

    assert bool(queries.list_announcements(BORN, gender, TODAY)) is shown


def test_list_announcements_shows_somebody_of_unknown_age_what_is_for_any():
    AnnouncementFactory(title="всем")
    AnnouncementFactory(min_age=18)

    assert [row.title for row in queries.list_announcements(None, "female", TODAY)] == ["всем"]


def test_list_announcements_follows_the_order_and_hides_drafts():
    AnnouncementFactory(title="второе", order=2)
    AnnouncementFactory(title="первое", order=1)
    AnnouncementFactory(is_shown=False)

    assert [row.title for row in queries.list_announcements(BORN, "female", TODAY)] == ["первое", "второе"]


@pytest.mark.parametrize(
    ("href", "action", "has_act"),
    [("/enter/checkups", "Записаться", True), ("/enter/checkups", "", False), ("javascript:x", "Записаться", False)],
)
def test_list_announcements_has_an_act_or_none(href, action, has_act):
    AnnouncementFactory(href=href, action=action)

    row = queries.list_announcements(BORN, "female", TODAY)[0]

    assert (bool(row.href), bool(row.action)) == (has_act, has_act)


def test_announcement_refuses_days_and_ages_out_of_order():
    with pytest.raises(IntegrityError), transaction.atomic():
        AnnouncementFactory(starts_on=TODAY, ends_on=TODAY - DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnnouncementFactory(min_age=2, max_age=1)


@pytest.mark.parametrize(
    ("href", "linkable"),
    [
        ("/a/?b=1", True),
        ("https://example.org", True),
        ("//example.org", False),
        ("/\\example.org", False),
        ("http://example.org", False),
        ("https://", False),
        ("javascript:alert(1)", False),
        ("/a\tb", False),
        ("", False),
    ],
)
def test_is_linkable(href, linkable):
    assert rules.is_linkable(href) is linkable


def test_list_footer_leaves_out_links_without_an_address():
    FooterLink.objects.create(group="Досуг", title="Спорт", href="", order=1)
    FooterLink.objects.create(group="Вместе", title="Опросы", href="javascript:x", order=2)
    FooterLink.objects.create(group="Вместе", title="Жалоба", href="/feedback/", order=4)
    FooterLink.objects.create(group="О портале", title="О проекте", href="/about/", order=3)

    assert queries.list_footer() == (
        ("О портале", (("О проекте", "/about/"),)),
        ("Вместе", (("Жалоба", "/feedback/"),)),
    )


def test_list_footer_is_kept_for_a_while(django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.list_footer()
        queries.list_footer()


def test_sql_announcements_give_what_the_query_gives():
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    AnnouncementFactory(title="второе", order=2, starts_on=TODAY, ends_on=TODAY, href="/x/", action="Открыть")
    AnnouncementFactory(title="первое", order=1)
    AnnouncementFactory(ends_on=TODAY - 5 * DAY)
    AnnouncementFactory(starts_on=TODAY + DAY)
    AnnouncementFactory(is_shown=False)

    row = sql.fetch_row(f"SELECT {fragments.announcements()}", {"now": now})

    found = fragments.candidates(sql.rows_of(row[0]))
    assert queries.pick(found, BORN, "female", TODAY) == queries.list_announcements(BORN, "female", TODAY)
    assert [one.row.title for one in found] == ["первое", "второе", found[2].row.title]
