"""Reads of accounts: sessions and consents of the signed-in account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from medkarta.accounts import consents, rules
from medkarta.accounts.consents import current as current_consent_text
from medkarta.accounts.models import Account, Consent, LoginAttempt, Session
from medkarta.accounts.rules import device_words, is_safe_path
from medkarta.core.scopes import AccountScope
from medkarta.mailer.queries import Recipient
from medkarta.ui.preferences import parse

__all__ = [
    "ConsentRow",
    "Contacts",
    "SessionRow",
    "contacts",
    "current_consent_text",
    "device_words",
    "has_consent",
    "is_safe_path",
    "list_consents",
    "list_sessions",
    "next_path_of",
    "recipient",
    "sealed_tokens",
]


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: UUID
    device: str
    address: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentRow:
    kind_name: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Contacts:
    email: str
    mobile: str
    address: str


def list_sessions(scope: AccountScope, *, now: datetime, idle_since: datetime) -> list[SessionRow]:
    """Return the live sessions of this account, the one seen last first."""
    found = (
        Session.objects.filter(account_id=scope.account_id, revoked_at=None, ends_at__gt=now, seen_at__gt=idle_since)
        .order_by("-seen_at")
        .values_list("id", "device", "address", "created_at", "seen_at")
    )
    return [SessionRow(*values) for values in found]


def list_consents(scope: AccountScope) -> list[ConsentRow]:
    found = Consent.objects.filter(account_id=scope.account_id).order_by("-given_at")
    return [ConsentRow(one.get_kind_display(), one.version, one.given_at, one.withdrawn_at) for one in found]


def has_consent(account_id: UUID, kind: str) -> bool:
    """Tell whether the current text of a consent (its version, the operator in it) is agreed to and not withdrawn."""
    return Consent.objects.filter(
        account_id=account_id, kind=kind, text_hash=consents.current(kind).hash, withdrawn_at=None
    ).exists()


def next_path_of(*, state: str, browser: str) -> str:
    """Return where an attempt of this browser was on its way to; an empty text for any other state."""
    found = LoginAttempt.objects.filter(state=state, browser_hash=rules.token_hash(browser))
    return found.values_list("next_path", flat=True).first() or ""


def sealed_tokens(session_id: UUID) -> str:
    return Session.objects.filter(pk=session_id).values_list("sealed_tokens", flat=True).first() or ""


def contacts(scope: AccountScope) -> Contacts:
    email, mobile, address = Account.objects.values_list("email", "mobile", "address").get(pk=scope.account_id)
    return Contacts(email, mobile, address)


def recipient(account_id: UUID) -> Recipient | None:
    """Return what the mailer has to know before a message leaves; None for an account that is closed."""
    found = Account.objects.filter(pk=account_id, status=Account.Status.ACTIVE).values_list("email", "preferences")
    row = found.first()
    if row is None:
        return None
    email, preferences = row
    language = parse(str(preferences.get("view", ""))).language
    return Recipient(email=email, language=language, may_message=has_consent(account_id, "messages"))
