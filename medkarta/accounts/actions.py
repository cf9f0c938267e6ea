"""Writes of accounts, sessions, login attempts and consents."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from medkarta.accounts import consents, rules
from medkarta.accounts.models import Account, Consent, LoginAttempt, Session
from medkarta.audit import actions as audit
from medkarta.core.errors import NotFound
from medkarta.core.scopes import AccountScope, Actor, ActorKind, WorkerScope
from medkarta.mailer import actions as mailer


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session and the only copy of its token."""

    id: UUID
    token: str


def scope_of_account(account_id: UUID) -> AccountScope:
    return AccountScope(Actor(ActorKind.PERSON, str(account_id)), account_id)


def start_attempt(
    *, state: str, browser: str, provider: str, verifier: str, nonce: str, next_path: str, now: datetime
) -> None:
    """Remember a login on its way through the provider, bound to the browser's cookie."""
    LoginAttempt.objects.create(
        state=state,
        browser_hash=rules.token_hash(browser),
        provider=provider,
        verifier=verifier,
        nonce=nonce,
        next_path=next_path,
        created_at=now,
    )


@transaction.atomic
def take_attempt(*, state: str, browser: str, provider: str, now: datetime) -> LoginAttempt:
    """Use up the attempt of a returned state. Raises NotFound if it is unknown, used, old or another browser's."""
    attempt = LoginAttempt.objects.select_for_update().filter(state=state, provider=provider).first()
    if attempt is None or not rules.attempt_is_live(created_at=attempt.created_at, used_at=attempt.used_at, now=now):
        raise NotFound
    if not secrets.compare_digest(attempt.browser_hash, rules.token_hash(browser)):
        raise NotFound
    attempt.used_at = now
    attempt.save(update_fields=["used_at"])
    return attempt


@transaction.atomic
def sign_in(*, provider: str, subject: str, is_confirmed: bool, now: datetime) -> Account:
    """Create or refresh the account of a provider's id. A closed one comes back to life, without its consents."""
    account, _created = Account.objects.select_for_update().get_or_create(
        provider=provider, subject=subject, defaults={"created_at": now}
    )
    account.is_confirmed = is_confirmed
    account.status = Account.Status.ACTIVE
    account.save(update_fields=["is_confirmed", "status"])
    return account


@transaction.atomic
def open_session(
    account_id: UUID,
    *,
    now: datetime,
    user_agent: str,
    address: str,
    replaces: str = "",
    proved_at: datetime | None = None,
) -> OpenedSession:
    """Open a session; the one whose token the browser held before ends with it.

    `proved_at`: when the person last proved himself at the provider, now by default.
    """
    if replaces:
        Session.objects.filter(token_hash=rules.token_hash(replaces), revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    session = Session.objects.create(
        account_id=account_id,
        token_hash=rules.token_hash(token),
        created_at=now,
        seen_at=now,
        authenticated_at=proved_at or now,
        ends_at=rules.session_ends_at(now=now, hours=settings.SESSION_HOURS),
        device=rules.device_words(user_agent),
        address=address,
    )
    audit.record(scope_of_account(account_id), action="accounts.sign_in", target=session)
    return OpenedSession(session.pk, token)


def touch_session(session_id: UUID, *, now: datetime) -> None:
    Session.objects.filter(pk=session_id).update(seen_at=now)


def keep_sealed_tokens(session_id: UUID, sealed: str) -> None:
    Session.objects.filter(pk=session_id).update(sealed_tokens=sealed)


@transaction.atomic
def revoke_session(scope: AccountScope, *, session_id: UUID, now: datetime) -> None:
    """End one session of this account. Raises NotFound for another account's."""
    changed = Session.objects.filter(pk=session_id, account_id=scope.account_id, revoked_at=None).update(
        revoked_at=now, sealed_tokens=""
    )
    if not changed:
        raise NotFound
    audit.record(scope, action="accounts.sign_out", target=session_id)


@transaction.atomic
def revoke_all_sessions(scope: AccountScope, *, now: datetime) -> int:
    """End every session of this account, this browser's too. Returns how many were live."""
    changed = Session.objects.filter(account_id=scope.account_id, revoked_at=None).update(
        revoked_at=now, sealed_tokens=""
    )
    audit.record(scope, action="accounts.sign_out_everywhere", details={"count": changed})
    return changed


@transaction.atomic
def give_consent(scope: AccountScope, *, kind: str, now: datetime, address: str) -> None:
    """Record the consent to the current text of a kind; an older version of it ends here."""
    text = consents.current(kind)
    live = Consent.objects.select_for_update().filter(account_id=scope.account_id, kind=kind, withdrawn_at=None)
    if live.filter(version=text.version, text_hash=text.hash).exists():
        return
    live.update(withdrawn_at=now)
    consent = Consent.objects.create(
        account_id=scope.account_id, kind=kind, version=text.version, text_hash=text.hash, given_at=now, address=address
    )
    audit.record(scope, action="accounts.give_consent", target=consent, details={"kind": kind})


@transaction.atomic
def withdraw_processing(scope: AccountScope, *, now: datetime) -> None:
    """Withdraw the consent to processing: the account is closed for use, contacts are erased, sessions end.

    The consent to messages ends with it. Kept: the consents' own records and the access log.
    Raises NotFound where there is no live consent.
    """
    _withdraw(scope, Consent.Kind.PROCESSING, now=now)
    Consent.objects.filter(account_id=scope.account_id, withdrawn_at=None).update(withdrawn_at=now)
    mailer.forget_account(scope.account_id)
    Account.objects.filter(pk=scope.account_id).update(
        status=Account.Status.CLOSED, email="", mobile="", address="", preferences={}, last_person_key=""
    )
    revoke_all_sessions(scope, now=now)
    audit.record(scope, action="accounts.withdraw_consent", details={"kind": "processing"})


@transaction.atomic
def withdraw_messages(scope: AccountScope, *, now: datetime) -> None:
    """Withdraw the consent to messages: choices, typed addresses and devices are forgotten, the bell stays.

    Raises NotFound where there is no live consent.
    """
    _withdraw(scope, Consent.Kind.MESSAGES, now=now)
    mailer.forget_channels(scope.account_id)
    audit.record(scope, action="accounts.withdraw_consent", details={"kind": "messages"})


def _withdraw(scope: AccountScope, kind: str, *, now: datetime) -> None:
    live = Consent.objects.filter(account_id=scope.account_id, kind=kind, withdrawn_at=None)
    if not live.update(withdrawn_at=now):
        raise NotFound


def keep_contacts(account_id: UUID, *, email: str, mobile: str, address: str) -> None:
    Account.objects.filter(pk=account_id).update(email=email[:254], mobile=mobile[:20], address=address[:500])


def keep_preferences(account_id: UUID, preferences: dict[str, object]) -> None:
    Account.objects.filter(pk=account_id).update(preferences=preferences)


def keep_last_person(account_id: UUID, key: str) -> None:
    Account.objects.filter(pk=account_id).update(last_person_key=key)


def tidy(scope: WorkerScope, *, now: datetime) -> int:
    """Forget login attempts of yesterday and sessions that ended a month ago. Returns how many rows went."""
    attempts, _ = LoginAttempt.objects.filter(created_at__lt=now - rules.FORGET_ATTEMPTS_AFTER).delete()
    sessions, _ = Session.objects.filter(ends_at__lt=now - rules.FORGET_SESSIONS_AFTER).delete()
    return attempts + sessions
