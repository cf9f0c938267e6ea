"""Words of orders that the room hands to others: statuses of their requests, actions of the log, letters."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text
from medkarta.core.working_days import calendar
from medkarta.documents.models import CertificateOrder
from medkarta.documents.orders import catalogue
from medkarta.documents.orders.catalogue import Act, Kind
from medkarta.documents.orders.rules import Fit, Term, ready_by
from medkarta.requests import answered
from medkarta.ui import format
from medkarta.ui.format import plural

TITLE = _("Справка")
SECTION = "documents/orders/{target}/"
AUDIT: dict[str, Text] = {
    "documents.order": _("просмотр одной заявки на справку"),
    "documents.order_form": _("форма заказа справки"),
    "documents.orders": _("просмотр заявок на справки"),
    "documents.order_certificate": _("заказ справки"),
    "documents.change_order": _("изменение статуса заявки на справку"),
    "documents.cancel_order": _("отмена заявки на справку"),
    "documents.read_orders": _("чтение заявок на справки в клинике"),
}
STATUSES = answered.statuses(CertificateOrder.Status)
DETAILED = _("{what}. Статус: {status}. Номер: {number}.")


def term_words(term: Term) -> str:
    """Say how long it takes: a promise only where a law that was read makes one."""
    if term.is_sure:
        words = _genitive(term)
        return gettext("до %(most)s %(days)s") % {"most": term.most, "days": words}
    if term.most <= 1:
        return gettext("обычно в тот же или на следующий рабочий день, точный срок скажет клиника")
    told = {"least": term.least, "most": term.most, "days": _counted(term)}
    return gettext("обычно %(least)s–%(most)s %(days)s, точный срок скажет клиника") % told


def _counted(term: Term) -> str:
    if term.is_working:
        return plural(term.most, gettext("рабочий день"), gettext("рабочих дня"), gettext("рабочих дней"))
    return plural(term.most, gettext("день"), gettext("дня"), gettext("дней"))


def _genitive(term: Term) -> str:
    if term.is_working:
        return plural(term.most, gettext("рабочего дня"), gettext("рабочих дней"), gettext("рабочих дней"))
    return plural(term.most, gettext("дня"), gettext("дней"), gettext("дней"))


def ready_words(kind: Kind, ordered_on: date) -> str:
    """Say by which day it is ready as a rule, counted by the production calendar."""
    told = {"day": format.day(ready_by(kind.term, ordered_on, calendar()))}
    if kind.term.is_sure:
        return gettext("Клиника должна ответить до %(day)s.") % told
    if kind.needs_visit:
        return gettext("Обычно справка готова к %(day)s, если осмотр уже есть. Точный срок скажет клиника.") % told
    return gettext("Обычно справка готова к %(day)s. Точный срок скажет клиника.") % told


def age_words(kind: Kind, fit: Fit) -> str:
    """Say why a kind is not for somebody of this age; empty if it is."""
    if fit is Fit.YES:
        return ""
    return gettext("Эта справка %(whom)s.") % {"whom": str(kind.whom)}


def act_words(act: Act) -> str:
    """Name what a kind rests on: «приказ Минздрава России № 274н, приложение 11»; empty while it is not sure."""
    if not act.is_sure:
        return ""
    number = f"№{format.NBSP}{act.number}" if act.number else ""
    return ", ".join(part for part in (" ".join(part for part in (str(act.name), number) if part), act.row) if part)


class Titles(Mapping[str, Text]):
    """Names of the kinds by code, as the catalogue has them when they are asked for."""

    def __getitem__(self, code: str) -> Text:
        kind = catalogue.find(code)
        if kind is None:
            raise KeyError(code)
        return kind.name

    def __iter__(self) -> Iterator[str]:
        return (one.code for one in catalogue.kinds())

    def __len__(self) -> int:
        return len(catalogue.kinds())
