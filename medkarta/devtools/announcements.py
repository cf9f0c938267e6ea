"""Announcements of the demo region."""

from datetime import date

from medkarta.core.scopes import Actor, ActorKind, WorkerScope
from medkarta.pages import actions as pages

DEMO = WorkerScope(Actor(ActorKind.WORKER, "demo"))


def put(today: date) -> None:
    """Show the demo's announcements, with days around today."""
    for draft in _drafts(today):
        pages.put_announcement(DEMO, draft)


def _drafts(today: date) -> tuple[pages.Draft, ...]:
    """From 40 the check-up is due each year (order 404н), so this one concerns everybody whom it reaches."""
    return (
        pages.Draft(
            title="Прививка от гриппа",
            text="Бесплатно, в вашей поликлинике по будням с 09:00 до 18:00, без записи.",
            href="/help/",
            action="Подробнее",
            icon="vaccine",
            starts_on=date(today.year, 9, 1),
            ends_on=date(today.year, 12, 31),
            order=10,
        ),
        pages.Draft(
            title="Пройдите диспансеризацию",
            text="С 40 лет — каждый год, бесплатно, за один-два визита. Позвоните в свою поликлинику.",
            href="/facilities/",
            action="Найти поликлинику",
            icon="stethoscope",
            min_age=40,
            order=20,
        ),
    )
