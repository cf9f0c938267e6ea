"""What «Требует внимания» says of each kind of record. Pure: rows in, sentences out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from medkarta.core.scopes import PatientScope
from medkarta.documents.sql import RecentDocument
from medkarta.prescriptions.sql import EndingPrescription
from medkarta.referrals import queries as referrals
from medkarta.results.sql import RecentReport
from medkarta.scheduling import queries as scheduling
from medkarta.ui.format import counted, day, when


@dataclass(frozen=True, slots=True)
class Attention:
    """One row: a bold sentence, an explanation and a link to what it speaks of.

    `answers`: what can be answered at once, in place: words, address, looks. Such a row has a deadline and comes first.
    """

    title: str
    text: str
    icon: str
    tone: str
    href: str
    action: str
    answers: tuple[tuple[str, str, str], ...] = ()


def of_offers(rows: Iterable[scheduling.WaitlistRow]) -> list[Attention]:
    """Say which offered times wait for an answer, the soonest deadline first."""
    live = [row for row in rows if row.offer_id and row.offer_deadline]
    live.sort(key=lambda row: (row.offer_deadline, row.id))
    return [
        Attention(
            _("Предлагают время: %(when)s") % {"when": when(row.offered_at, tz=row.zone)},
            _("%(what)s, ответьте до %(deadline)s")
            % {"what": row.what or _("Приём"), "deadline": when(row.offer_deadline, tz=row.zone)},
            "bell-ringing",
            "warn",
            row.href,
            _("Подробнее"),
            (
                (_("Принять"), f"{row.href}offers/{row.offer_id}/accept/", "primary"),
                (_("Отказаться"), f"{row.href}offers/{row.offer_id}/decline/", "line"),
            ),
        )
        for row in live
    ]


def of_referrals(scope: PatientScope, raw: Iterable[referrals.Raw], *, now: datetime) -> list[Attention]:
    return [
        Attention(one.title, one.text, "clock", "warn", one.href, _("Подробнее"))
        for one in referrals.expiring_referrals(scope, raw, now=now)
    ]


def of_prescriptions(scope: PatientScope, rows: Iterable[EndingPrescription]) -> list[Attention]:
    return [
        Attention(
            _("Рецепт скоро закончится: %(drug)s") % {"drug": row.drug},
            _ending(row.days_left),
            "pill",
            "warn",
            scope.url(f"prescriptions/{row.id}/"),
            _("Открыть"),
        )
        for row in rows
    ]


def _ending(days: int) -> str:
    if days == 0:
        return _("Сегодня последний день, когда по нему отпустят лекарство")
    return _("Осталось %(days)s") % {"days": counted(days, _("день"), _("дня"), _("дней"))}


def of_results(scope: PatientScope, rows: Iterable[RecentReport]) -> list[Attention]:
    return [
        Attention(
            _("Готов результат: %(name)s") % {"name": row.name},
            day(row.ready_at),
            "flask",
            "",
            scope.url(f"results/{row.id}/"),
            _("Открыть"),
        )
        for row in rows
    ]


def of_documents(scope: PatientScope, rows: Iterable[RecentDocument]) -> list[Attention]:
    return [
        Attention(
            _("Новый документ: %(name)s") % {"name": row.title},
            day(row.received_at),
            "file-check",
            "ok",
            scope.url(f"documents/{row.id}/"),
            _("Открыть"),
        )
        for row in rows
    ]
