from datetime import date, timedelta

import pytest

from medkarta.audit.models import AuditEvent
from medkarta.core.scopes import WorkerScope
from medkarta.pages import actions
from medkarta.pages.models import Announcement

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


def test_put_announcement_writes_it_and_the_audit_row():
    draft = actions.Draft("Прививка от гриппа", href="/enter/immunizations", action="Открыть", ends_on=TODAY)

    row = actions.put_announcement(WorkerScope(), draft)

    stored = Announcement.objects.get()
    assert (stored.pk, stored.href, stored.ends_on, stored.is_shown) == (row.pk, "/enter/immunizations", TODAY, True)
    assert AuditEvent.objects.get().action == "pages.put_announcement"


def test_put_announcement_replaces_one_of_the_same_title():
    first = actions.put_announcement(WorkerScope(), actions.Draft("Одно", text="старое"))
    Announcement.objects.update(is_shown=False)

    second = actions.put_announcement(WorkerScope(), actions.Draft("Одно", text="новое"))

    assert first.pk == second.pk
    assert list(Announcement.objects.values_list("text", "is_shown")) == [("новое", True)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"href": "javascript:x"},
        {"min_age": 2, "max_age": 1},
        {"max_age": 151},
        {"starts_on": TODAY, "ends_on": TODAY - timedelta(days=1)},
    ],
)
def test_put_announcement_refuses_what_cannot_be_shown(wrong):
    with pytest.raises(actions.WrongAnnouncement):
        actions.put_announcement(WorkerScope(), actions.Draft("Ошибка", **wrong))

    assert not Announcement.objects.exists()


@pytest.mark.parametrize("edge", [{"min_age": 150}, {"starts_on": TODAY, "ends_on": TODAY}])
def test_put_announcement_takes_the_edges(edge):
    actions.put_announcement(WorkerScope(), actions.Draft("Край", **edge))

    assert Announcement.objects.exists()
