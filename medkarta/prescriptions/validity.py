"""How long prescriptions are valid by law: blanks and their terms as data, and why a last day is what it is.

The last day counts whole. A term that depends on what the portal does not know
(age of pension, disability) gives no date, only words. What is not sure is not shown until somebody has reviewed it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text
from medkarta.ui.format import counted


@dataclass(frozen=True, slots=True)
class Act:
    """The law that a term rests on."""

    name: Text
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Term:
    """One row: so many days, for whom. `is_most`: up to so many; `is_long`: for long courses of treatment.

    `is_certain`: nothing else decides, so a last day can be computed.
    """

    days: int
    why: Text
    is_most: bool = False
    is_long: bool = False
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A blank: `row` is how the act names it. `is_sure`: the row was read in the act itself."""

    code: str
    row: Text
    terms: tuple[Term, ...]
    is_state: bool = False
    is_sure: bool = True


ACT = Act(_("приказ Минздрава России"), "1094н", date(2021, 11, 24))
FORMS: tuple[Form, ...] = (
    Form(
        "107-1",
        _("форма № 107-1/у"),
        (
            Term(60, _("обычный рецепт")),
            Term(
                365,
                _("для длительного лечения, с отметкой «По специальному назначению»"),
                is_most=True,
                is_long=True,
                is_certain=False,
            ),
        ),
    ),
    Form("148-1-88", _("форма № 148-1/у-88"), (Term(15, _("препараты на особом учёте")),)),
    Form(
        "148-1-04",
        _("форма № 148-1/у-04(л)"),
        (
            Term(15, _("отдельные случаи по пунктам 38 и 39 порядка"), is_certain=False),
            Term(30, _("обычный льготный рецепт"), is_certain=False),
            Term(90, _("для длительного лечения"), is_long=True),
            Term(90, _("для людей пенсионного возраста и с инвалидностью"), is_certain=False),
        ),
        is_state=True,
    ),
    Form("107-np", _("форма № 107/у-НП"), (Term(15, _("рецепт на особом бланке")),), is_sure=False),
    Form("1-mi", _("форма № 1-МИ"), (), is_sure=False),
    Form("2-mi", _("форма № 2-МИ"), (), is_sure=False),
    Form("3-mi", _("форма № 3-МИ"), (), is_sure=False),
)
STATE_FORM = "148-1-04"
"""A prescription at the state's expense is written on this one and on no other."""


def find(code: str) -> Form | None:
    return next((form for form in FORMS if form.code == code), None)


def last_day(issued_on: date, days: int) -> date:
    """Return the last day of a term: the day after the issue is the first one, as civil terms are counted."""
    return issued_on + min(timedelta(days=days), date.max - issued_on)


def computed_until(code: str, *, is_long_course: bool, issued_on: date | None) -> date | None:
    """Return the last day by law where the blank alone decides it; None where something else does too."""
    form = find(code)
    if form is None or not form.is_sure or issued_on is None:
        return None
    fitting = [term for term in form.terms if term.is_long == is_long_course] or [
        term for term in form.terms if not term.is_long
    ]
    if len(fitting) != 1 or not fitting[0].is_certain:
        return None
    return last_day(issued_on, fitting[0].days)


def why(
    code: str,
    *,
    is_state: bool,
    is_long_course: bool,
    issued_on: date | None,
    valid_until: date | None,
    is_computed: bool,
) -> str:
    """Say where the last day comes from, with the row of the act; empty where nothing sure can be said.

    A blank that nobody told is the state one for a state prescription, else the only one that has just this term;
    where there is no such one, no act is named.
    """
    forms = _forms(code, is_state=is_state)
    if not issued_on or not valid_until:
        told = {"terms": "; ".join(_terms(forms[0])), "source": _source(forms[0])} if len(forms) == 1 else {}
        return gettext("Клиника не указала срок. По закону: %(terms)s. %(source)s") % told if told else ""
    given = (valid_until - issued_on).days
    if len(forms) > 1:
        forms = _only_with(given)
        if not forms:
            return _as_given(given)
    fitting = [(form, term) for form in forms for term in form.terms if given in (term.days - 1, term.days)]
    fitting.sort(key=lambda one: one[1].is_long != is_long_course)
    if fitting:
        form, term = fitting[0]
        words = {"days": _days(term), "why": term.why, "source": _source(form)}
        if is_computed:
            return gettext("%(days)s со дня выписки: %(why)s. Срок посчитал портал. %(source)s") % words
        return gettext("%(days)s со дня выписки: %(why)s. %(source)s") % words
    if len(forms) != 1:
        return ""
    told = {"terms": "; ".join(_terms(forms[0])), "source": _source(forms[0])}
    return gettext("Срок указала клиника. Обычные сроки: %(terms)s. %(source)s") % told


def _forms(code: str, *, is_state: bool) -> list[Form]:
    named = find(code or (STATE_FORM if is_state else ""))
    found = [named] if named else [form for form in FORMS if not form.is_state and not code]
    return [form for form in found if form.is_sure]


def _only_with(days: int) -> list[Form]:
    """Return the one blank that has just this term; none where several have it or the act was not read for it."""
    found = [form for form in FORMS if not form.is_state and days in (term.days for term in form.terms)]
    return found if len(found) == 1 and found[0].is_sure else []


def _as_given(days: int) -> str:
    if days < 1:
        return ""
    told = {"days": counted(days, gettext("день"), gettext("дня"), gettext("дней"))}
    return gettext("Срок указала клиника: %(days)s со дня выписки.") % told


def _terms(form: Form) -> Iterator[str]:
    return (f"{_days(term)} ({term.why})" for term in form.terms)


def _days(term: Term) -> str:
    if term.days == 365:
        return gettext("до 1 года") if term.is_most else gettext("1 год")
    days = counted(term.days, gettext("день"), gettext("дня"), gettext("дней"))
    return gettext("до %(days)s") % {"days": days} if term.is_most else days


def _source(form: Form) -> str:
    return gettext("Основание: %(act)s № %(number)s от %(day)s, %(row)s.") % {
        "act": ACT.name,
        "number": ACT.number,
        "day": ACT.issued_on.strftime("%d.%m.%Y"),
        "row": form.row,
    }
