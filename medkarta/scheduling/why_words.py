"""«Почему нет записи» in words: the headline, each rule with what lifts it, the term that is exceeded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medkarta.core.errors import Text
from medkarta.core.scopes import PatientScope, Restricted
from medkarta.scheduling import grants, refusals
from medkarta.scheduling.addresses import Wish
from medkarta.scheduling.queries import why as reads
from medkarta.scheduling.queries.finding import Seeker
from medkarta.scheduling.queries.posts import Post
from medkarta.scheduling.queries.why import Late, Rule, Why
from medkarta.scheduling.rules import terms
from medkarta.ui import format

THERAPIST, PAEDIATRICIAN = "49", "27"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in words, with the one act that lifts it or helps otherwise."""

    title: Text
    text: str
    href: str
    action: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the page shows besides the facts of `why`."""

    why: Why
    headline: str
    rules: tuple[RuleRow, ...]
    late: str
    allowed: str
    waitlist_href: str


def tell(
    scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], why: Why, waits: Wish | None = None
) -> Told:
    """Put into words why there is no time for a wish; `waits`: the wish as the waiting list gets it."""
    return Told(
        why=why,
        headline=_headline(why),
        rules=tuple(_rule(scope, seeker, wish, posts, one) for one in why.rules),
        late=_late(why.late) if why.late else "",
        allowed=_allowed(seeker),
        waitlist_href=waitlist_href(scope, waits or wish, posts) if why.can_wait else "",
    )


def waitlist_href(scope: PatientScope, wish: Wish, posts: Sequence[Post]) -> str:
    """Return the address of the form of the waiting list for a wish."""
    code = posts[0].code if posts else ""
    pairs = dict(wish.but(day=None, slot=None, location=None, specialty=code or wish.specialty).pairs)
    swaps = pairs.pop("move", "")
    return scope.url(f"appointments/waitlist/new/?{urlencode(pairs | ({'swap': swaps} if swaps else {}))}")


def _headline(why: Why) -> str:
    count = format.counted(len(why.days.rows) if why.days else 0, _("день"), _("дня"), _("дней"))
    return {
        reads.NOBODY: _("Такого приёма здесь нет"),
        reads.NO_SCHEDULE: _("Расписания пока нет"),
        reads.FORBIDDEN: _("Записаться сюда самостоятельно нельзя"),
        reads.ALL_TAKEN: _("Все места на %(days)s вперёд разобраны") % {"days": count},
        reads.NOT_YET: _("Запись ещё не открыта"),
        reads.NO_RECEPTION: _("Приёма на %(days)s вперёд нет") % {"days": count},
        reads.OTHER_CHANNELS: _("Время есть, но его даёт врач или регистратура"),
        reads.NOWHERE: _("Свободного времени сейчас нет"),
        reads.HAS_TIME: _("Свободное время есть"),
    }[why.state]


def _allowed(seeker: Seeker) -> str:
    if seeker.grant is not None:
        return _("Направление действует: дело только в свободном времени.")
    return _("Направление не нужно, правила записи не мешают: дело только в свободном времени.")


def _rule(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> RuleRow:
    href, action = _LIFTS[rule.code](scope, seeker, wish, posts, rule) if rule.code in _LIFTS else ("", "")
    text = _("Ваша запись: %(when)s") % {"when": format.when(rule.starts_at)} if rule.starts_at else ""
    return RuleRow(refusals.TEXTS[rule.code], text, href, action)


Lift = Callable[[PatientScope, Seeker, Wish, Sequence[Post], Rule], tuple[str, str]]


def _attach(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    return scope.url("my-facilities/"), _("Моё прикрепление")


def _unlock(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    back = urlencode({"again": 1, "next": wish.but(slot=None).url(scope, "times/")})
    return f"/login?{back}", _("Войти ещё раз")


def _prove(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    lift = _unlock if scope.restricted is Restricted.LOCKED else _call
    return lift(scope, seeker, wish, posts, rule)


def _to_refer(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    """Lead to the times of a referral that is there already, else to the doctor who refers: the district one."""
    opening = [one for one in grants.list_open(scope, now=seeker.now) if posts[0].code in one.positions]
    if opening:
        by_it = Wish(grant_kind=opening[0].kind, grant_ref=opening[0].source_ref, move=wish.move)
        return by_it.url(scope, "times/"), _("Записаться по вашему направлению")
    numbers = seeker.rules_of(posts[0])
    is_child = seeker.asker.age is not None and seeker.asker.age < numbers.adult_age
    code = PAEDIATRICIAN if is_child else THERAPIST
    own = [one for one in seeker.directory.by_position.get(code, ()) if not seeker.verdict(one).code]
    at_home = next((one for one in own if one.facility_id in seeker.client.registered_facility_ids), None)
    target = Wish(specialty=code, facility=at_home.facility_id if at_home else None)
    return target.url(scope, "times/" if at_home else "clinics/"), (
        _("Записаться к педиатру") if is_child else _("Записаться к терапевту")
    )


def _elsewhere(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    return Wish(specialty=posts[0].position, move=wish.move).url(scope, "clinics/"), _("Подходящие клиники")


def _ways(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    return Wish().url(scope), _("Выбрать другого врача")


def _move(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    return wish.but(move=rule.appointment_id, day=None, slot=None).url(scope, "times/"), _("Перенести эту запись")


def _cancel_some(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    return scope.url("appointments/?state=ahead"), _("Выбрать, что отменить")


def _call(scope: PatientScope, seeker: Seeker, wish: Wish, posts: Sequence[Post], rule: Rule) -> tuple[str, str]:
    return "tel:122", _("Позвонить по номеру 122")


_LIFTS: dict[str, Lift] = {
    "MAY_NOT_ACT": _call,
    "NO_ATTACHMENT": _attach,
    "PROVE_YOURSELF": _prove,
    "NOT_AT_THIS_TIME": _prove,
    "NOT_TO_THIS_DOCTOR": _prove,
    "NEEDS_REFERRAL": _to_refer,
    "OTHER_SEX": _ways,
    "APPOINT_TIME_AVAILABLE_PATIENT_OTHER_AGE": _elsewhere,
    "APPOINT_PATIENT_REGISTERED_SPECIALIST": _move,
    "TOO_MANY_ACTIVE": _cancel_some,
}


_TERMS: dict[str, Text] = {
    "GP": gettext_lazy("приём участкового терапевта, педиатра или врача общей практики"),
    "SPEC": gettext_lazy("приём врача-специалиста"),
    "DIAG": gettext_lazy("диагностическое исследование"),
}
"""What the rows of the data are called; a row that is not here goes by its own words."""
_ACTS: dict[str, Text] = {"постановление Правительства РФ": gettext_lazy("постановление Правительства РФ")}


def _late(late: Late) -> str:
    """Return what the term is, when it ends and what to do. Promises nothing."""
    is_hours = late.term.unit == terms.HOURS
    limit = (
        format.counted(late.term.limit, _("часа"), _("часов"), _("часов"))
        if is_hours
        else format.counted(late.term.limit, _("рабочего дня"), _("рабочих дней"), _("рабочих дней"))
    )
    until = format.when(late.until, tz=late.until.tzinfo) if is_hours else format.day(late.until, tz=late.until.tzinfo)
    return _(
        "По программе госгарантий %(what)s: не позже %(limit)s (%(act)s № %(number)s от %(date)s). Предельный срок,"
        " если считать с сегодняшнего обращения, истекает %(until)s. Запишитесь в другую клинику, встаньте в лист"
        " ожидания или обратитесь к главному врачу, затем в страховую медицинскую организацию и в Росздравнадзор."
    ) % {
        "what": _TERMS.get(late.term.row, late.term.what),
        "limit": limit,
        "act": _ACTS.get(late.programme.act, late.programme.act),
        "number": late.programme.number,
        "date": format.figures(late.programme.signed_on),
        "until": until,
    }
