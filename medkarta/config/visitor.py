"""Who is here, and which records he may open: read by one statement for the whole request."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.utils import timezone

from medkarta.accounts import consents, rules
from medkarta.accounts import sql as accounts_sql
from medkarta.core import sql
from medkarta.core.scopes import AccountScope, Actor, ActorKind, FamilyScope, PatientScope, Restricted
from medkarta.insurance import sql as insurance_sql
from medkarta.mailer import sql as mailer_sql
from medkarta.patients import rules as patient_rules


@dataclass(frozen=True, slots=True)
class Member:
    """One person that the account may open now."""

    key: str
    kind: str
    person_id: UUID
    family_name: str
    given_name: str
    patronymic: str
    birth_date: date | None
    gender: str
    policy_kind: str | None
    policy_number: str
    policy_confirmed: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in account with its session and its persons, the own one first."""

    account_id: UUID
    provider: str
    session_id: UUID
    seen_at: datetime
    authenticated_at: datetime
    has_consent: bool
    preferences: dict[str, Any]
    last_person_key: str
    members: tuple[Member, ...]
    unread: int = 0

    @property
    def account(self) -> AccountScope:
        return AccountScope(Actor(ActorKind.PERSON, str(self.account_id)), self.account_id)

    def member(self, key: str) -> Member | None:
        return next((one for one in self.members if one.key == key), None)

    @property
    def shown_last(self) -> Member | None:
        """The record shown last, else the own one, else any."""
        return self.member(self.last_person_key) or next(iter(self.members), None)

    def scope(self, member: Member, *, now: datetime) -> PatientScope:
        """Return the scope of one of his persons."""
        today = timezone.localdate(now)
        fresh = now - self.authenticated_at <= timedelta(minutes=settings.RESTRICTED_MINUTES)
        return PatientScope(
            actor=Actor(ActorKind.PERSON, str(self.account_id)),
            account_id=self.account_id,
            person_id=member.person_id,
            key=member.key,
            is_self=member.kind == "self",
            may_act=patient_rules.may_act(kind=member.kind, birth_date=member.birth_date, today=today),
            restricted=patient_rules.restricted_mode(
                kind=member.kind,
                birth_date=member.birth_date,
                is_fresh=fresh,
                minor15_restricted=settings.MINOR15_PARENT_RESTRICTED,
                today=today,
            ),
        )

    def family(self, *, now: datetime) -> FamilyScope:
        """Return the scope of all his persons, the own one first."""
        return FamilyScope(self.account.actor, self.account_id, tuple(self.scope(one, now=now) for one in self.members))


def find_visitor(token: str, *, now: datetime) -> Visitor | None:
    """Return whose live session this token opens. One statement: session, account, consent, persons, policies."""
    row = sql.fetch_row(
        _statement(),
        {
            "token_hash": rules.token_hash(token),
            "now": now,
            "idle_since": now - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
            "consent_hash": consents.current("processing").hash,
        },
    )
    if row is None:
        return None
    today = timezone.localdate(now)
    preferences = row[5] if isinstance(row[5], dict) else orjson.loads(row[5])
    return Visitor(
        account_id=sql.uuid_of(row[3]),
        provider=row[4],
        session_id=sql.uuid_of(row[0]),
        seen_at=sql.moment(row[1]),
        authenticated_at=sql.moment(row[2]),
        has_consent=bool(row[7]),
        preferences=preferences,
        last_person_key=row[6],
        members=_members(row[8], today=today),
        unread=int(row[9]),
    )


def find_family(account_id: UUID, *, now: datetime) -> FamilyScope | None:
    """Return which records an account may open now, without a session; None for one that may not enter.

    Nobody has just proved himself, so records under special secrecy stay hidden. One statement.
    """
    row = sql.fetch_row(
        _statement_without_session(),
        {"account": account_id, "consent_hash": consents.current("processing").hash},
    )
    if row is None:
        return None
    today = timezone.localdate(now)
    actor = Actor(ActorKind.PERSON, str(account_id))
    members = tuple(
        PatientScope(
            actor=actor,
            account_id=account_id,
            person_id=one.person_id,
            key=one.key,
            is_self=one.kind == "self",
            restricted=Restricted.HIDDEN,
            may_act=False,
        )
        for one in _members(row[0], today=today)
    )
    return FamilyScope(actor, account_id, members)


@cache
def _statement() -> str:
    return f"SELECT {accounts_sql.COLUMNS}, {insurance_sql.stack()}, {mailer_sql.unread()} {accounts_sql.SOURCE}"


@cache
def _statement_without_session() -> str:
    return f"SELECT {insurance_sql.stack()} {accounts_sql.WITHOUT_SESSION}"


def _members(rows: str, *, today: date) -> tuple[Member, ...]:
    return tuple(_member(one) for one in sql.rows_of(rows) if _may_open(one, today=today))


def _may_open(row: dict[str, Any], *, today: date) -> bool:
    return patient_rules.may_open(
        kind=row["kind"],
        status=row["status"],
        birth_date=sql.day(row["birth_date"]),
        full_capacity_on=sql.day(row["full_capacity_on"]),
        minor15_access=settings.MINOR15_PARENT_ACCESS,
        confirmed_on=timezone.localdate(sql.moment(row["confirmed_at"])),
        grace_days=settings.CHILD_GRACE_DAYS,
        today=today,
    )


def _member(row: dict[str, Any]) -> Member:
    return Member(
        key=row["key"],
        kind=row["kind"],
        person_id=sql.uuid_of(row["person_id"]),
        family_name=row["family_name"],
        given_name=row["given_name"],
        patronymic=row["patronymic"],
        birth_date=sql.day(row["birth_date"]),
        gender=row["gender"],
        policy_kind=row["policy_kind"],
        policy_number=(f"{row['policy_series']} " if row["policy_series"] else "") + (row["policy_number"] or ""),
        policy_confirmed=bool(row["policy_confirmed"]),
    )
