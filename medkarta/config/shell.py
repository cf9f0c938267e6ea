"""Builds what every page shows around its content: whose record is open, the sections, the footer."""

import re
from datetime import date
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from medkarta.config.sections import BAR, SECTIONS, NamedSection, sections_in
from medkarta.config.visitor import Member, Visitor
from medkarta.pages import queries as pages
from medkarta.patients.queries import short_name
from medkarta.ui.format import age_words, figures
from medkarta.ui.preferences import Preferences
from medkarta.ui.shell import RECORD, Card, FooterGroup, Link, Menus, NavItem, Shell

PREFERENCES_HREF = "/preferences/"
TOKEN_LENGTH = 40  # of one part of an address; the longest id has 36


def build(request: HttpRequest) -> Shell:
    """Return the shell of a request: for a page of a record, a public page, or an anonymous visitor."""
    found: Any = request
    visitor: Visitor | None = getattr(found, "visitor", None)
    preferences: Preferences = getattr(found, "preferences", Preferences())
    match = request.resolver_match
    app = match.app_name.removesuffix("-public") if match else ""
    if visitor is None or not visitor.has_consent:
        return _anonymous(request, app, preferences, visitor)
    scope = getattr(found, "scope", None)
    opened = visitor.member(scope.key) if scope else None
    last = opened or visitor.shown_last
    record = f"/p/{last.key}/" if last else "/"
    own = next((one for one in visitor.members if one.kind == "self"), last)
    today = timezone.localdate()
    section = next((one.path for one in SECTIONS if one.app == app and not one.is_public), "")
    return Shell(
        account_name=short_name(own.family_name, own.given_name, own.patronymic) if own else "",
        open_card=_card(opened, section, today) if opened else None,
        other_cards=tuple(_card(one, section, today) for one in visitor.members if opened and one.key != opened.key),
        add_policy_href=f"{record}policy/" if opened else "",
        menus=_menus(get_language() or "ru", app),
        footer=footer(),
        preferences=preferences,
        unread=visitor.unread,
        notifications_href="/notifications/",
        is_signed_in=True,
        home_href=record,
        logout_href="/logout",
        account_href="/account/",
        problem_href=_problem_href(request),
        preferences_href=PREFERENCES_HREF,
    )


def _anonymous(request: HttpRequest, app: str, preferences: Preferences, visitor: Visitor | None) -> Shell:
    return Shell(
        menus=_public_menus(get_language() or "ru", app),
        footer=footer(),
        preferences=preferences,
        login_href="" if visitor else _login_href(request, app),
        logout_href="/logout" if visitor else "",
        problem_href=_problem_href(request),
        preferences_href=PREFERENCES_HREF,
    )


def _login_href(request: HttpRequest, app: str) -> str:
    """Return the login that comes back here; an address of a sign-in is none to come back to, and holds a code."""
    return f"/login?{urlencode({'next': request.get_full_path()})}" if app not in ("", "signin") else "/login"


@cache
def _menus(spoken: str, app: str) -> Menus:
    """Return the menus of somebody who has signed in, in the active language, `spoken`."""
    named = sections_in(spoken)
    return Menus(
        nav=tuple(_item(one, app) for one in named),
        bar=tuple(_item(one, app, short=True) for name in BAR for one in named if one.section.app == name),
        quick=(
            NavItem(_("Записаться к врачу"), f"{RECORD}appointments/book/"),
            NavItem(_("Мои записи"), f"{RECORD}appointments/"),
            NavItem(_("Статусы заявлений"), f"{RECORD}requests/"),
        ),
    )


@cache
def _public_menus(spoken: str, app: str) -> Menus:
    """Return the menus of somebody who has not signed in."""
    return Menus(nav=tuple(_item(one, app) for one in sections_in(spoken) if one.section.is_public))


def _item(named: NamedSection, app: str, *, short: bool = False) -> NavItem:
    section = named.section
    href = section.path if section.is_public else f"{RECORD}{section.path}"
    return NavItem(named.short if short else named.title, href, section.icon, current=section.app == app)


def _problem_href(request: HttpRequest) -> str:
    """Return the form of messages, told which page it is about: without a record's key, without a letter's token."""
    path = "/p/" + request.path.split("/", 3)[3] if request.path.startswith("/p/") else request.path
    path = re.sub(rf"/[^/]{{{TOKEN_LENGTH},}}", "/…", path)
    return f"/feedback/?{urlencode({'kind': 'problem', 'from': path})}"


def _card(member: Member, section: str, today: date) -> Card:
    number = member.policy_number.replace(" ", "")
    return Card(
        key=member.key,
        href=f"/p/{member.key}/{section}",
        full_name=" ".join(part for part in (member.family_name, member.given_name, member.patronymic) if part),
        given_short=member.given_name,
        initials=(member.given_name[:1] + member.family_name[:1]).upper(),
        birth_date_text=figures(member.birth_date),
        age_words=age_words(member.birth_date, today),
        policy_title=_policy_title(member),
        policy_number_masked=f"{number[:4]} •••• •••• {number[-4:]}" if len(number) == 16 else member.policy_number,
        policy_confirmed=member.policy_confirmed,
    )


def _policy_title(member: Member) -> str:
    if not member.policy_number:
        return _("Полис не указан")
    return _("Полис ОМС") if member.kind != "parent" else _("Полис ОМС ребёнка")


def footer() -> tuple[FooterGroup, ...]:
    """Return the groups of links that staff keep; a link without a target is not shown."""
    return _groups(pages.list_footer())


@lru_cache(maxsize=8)
def _groups(found: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> tuple[FooterGroup, ...]:
    return tuple(FooterGroup(group, tuple(Link(title, href) for title, href in links)) for group, links in found)
