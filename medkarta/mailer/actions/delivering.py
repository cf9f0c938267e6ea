"""The worker's side of a sending: is it still right to send it, the letter, and what became of it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import translation

from medkarta.audit import actions as audit
from medkarta.core import families
from medkarta.core.errors import NotFound
from medkarta.core.scopes import PatientScope, Restricted, WorkerScope
from medkarta.integrations.mail.port import Letter
from medkarta.integrations.storage.port import FileMissing
from medkarta.mailer import letters, protection, recipients, rules, sealing, sendable
from medkarta.mailer.actions.telling import notify
from medkarta.mailer.models import Sending

State, Reason = Sending.State, Sending.Reason
UNSENT = "mailer.unsent"


class Unsent(Exception):
    """A sending that no further attempt can help. `reason`: one of `Sending.Reason`."""

    def __init__(self, reason: Sending.Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def take_sending(sending_id: UUID) -> Sending | None:
    """Count an attempt at a sending and return it; None once it is settled."""
    queued = Sending.objects.filter(pk=sending_id, state=State.QUEUED)
    queued.update(attempts=F("attempts") + 1)
    return queued.first()


def note_failure(sending: Sending) -> None:
    """Keep that an attempt has failed and another will follow: the sender's page says so."""
    Sending.objects.filter(pk=sending.pk, state=State.QUEUED).update(has_failed_try=True)


def scope_of_sender(sending: Sending, *, now: datetime) -> PatientScope:
    """Return the scope that the sender has of the record now.

    What was under special secrecy when its owner sent it is in it too; what came under it since is not.
    Raises NotFound: the account is closed, its consent or its right to the record has ended.
    """
    family = families.find(sending.account_id, now=now)
    members = family.members if family else ()
    found = next((one for one in members if one.person_id == sending.person_id), None)
    if found is None or (sending.is_restricted and not found.is_self):
        raise NotFound
    return replace(found, restricted=Restricted.SHOWN if sending.is_restricted else Restricted.HIDDEN)


def letter_of(sending: Sending, *, now: datetime) -> Letter:
    """Return the letter of a sending. Raises Unsent for what is not to be sent any more."""
    if sending.revoked_at is not None:
        raise Unsent(Reason.REVOKED)
    if sending.attempts > rules.TRIES:  # the worker was ended in the middle, again and again
        raise Unsent(Reason.BROKEN)
    secrets, recipient = sealing.unseal(sending.sealed), recipients.find(sending.account_id)
    if secrets is None or recipient is None:
        raise Unsent(Reason.BROKEN if recipient else Reason.ACCESS)
    with translation.override(recipient.language):
        file = _file(sending, secrets.secret, now=now)
        return letters.of_sending(sending, token=secrets.token, file=file, language=recipient.language)


@transaction.atomic
def settle(sending: Sending, *, now: datetime, reason: Sending.Reason | None = None) -> None:
    """Keep what became of a sending: taken by the mail server, or not sent and why, which the bell tells too."""
    state = State.FAILED if reason else State.ACCEPTED
    changed = Sending.objects.filter(pk=sending.pk, state=State.QUEUED)
    if not changed.update(state=state, reason=reason or "", settled_at=now):
        return
    audit.record(
        WorkerScope(),
        action="mailer.deliver",
        target=sending,
        person_id=sending.person_id,
        outcome="failed" if reason else "ok",
        details={"kind": sending.kind, "subject": str(sending.subject_id), "reason": reason or ""},
    )
    if reason is None or reason is Reason.REVOKED:
        return
    notify(
        WorkerScope(),
        account_ids=[sending.account_id],
        person_id=sending.person_id,
        kind="",
        text=UNSENT,
        params={},
        link=f"send/sent/{sending.pk}/",
        key=f"{UNSENT}:{sending.pk}",
        now=now,
    )


def _file(sending: Sending, password: str, *, now: datetime) -> bytes:
    """Return the protected file of a letter, empty for a link. Raises Unsent."""
    try:
        scope, kind = scope_of_sender(sending, now=now), sendable.get(sending.kind)
        if sending.way == Sending.Way.LINK:
            kind.find(scope, sending.subject_id)
            return b""
        found = protection.protect(kind.make(scope, sending.subject_id, now=now), password=password)
    except NotFound:
        raise Unsent(Reason.ACCESS) from None
    except FileMissing:
        raise Unsent(Reason.MISSING) from None
    except protection.Unprotectable:
        raise Unsent(Reason.UNUSABLE) from None
    if len(found) > rules.FILE_BYTES:
        raise Unsent(Reason.TOO_BIG)
    return found
