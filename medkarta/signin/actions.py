"""The steps of a sign-in: begin, finish, and what is read of a person after his consent."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from medkarta.accounts import actions as accounts
from medkarta.accounts import queries as account_queries
from medkarta.core.scopes import AccountScope
from medkarta.insurance import actions as insurance
from medkarta.integrations.esia.port import EsiaChild, EsiaDocument, EsiaPerson, Profile, Tokens
from medkarta.patients import actions as patients
from medkarta.signin import rules, sealing
from medkarta.signin.providers import Provider

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the secret its cookie keeps until it returns."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A finished sign-in. `token` is empty for an account that the provider has not confirmed."""

    token: str
    next_path: str
    has_consent: bool


def begin(provider: Provider, *, next_path: str, browser: str, now: datetime) -> Begun:
    """Start a login attempt. A browser that has an attempt open keeps its secret: two tabs can both finish."""
    request = provider.begin(now=now)
    secret = browser or secrets.token_urlsafe(32)
    accounts.start_attempt(
        state=request.state,
        browser=secret,
        provider=provider.name,
        verifier=request.pkce_verifier,
        nonce=request.nonce,
        next_path=next_path,
        now=now,
    )
    return Begun(request.url, secret)


def finish(
    provider: Provider,
    *,
    state: str,
    code: str,
    browser: str,
    user_agent: str,
    address: str,
    replaces: str,
    now: datetime,
) -> SignedIn:
    """Exchange the code, open a session, and read the person if his consent is already there.

    Raises NotFound (state unknown, used, old or another browser's) and EsiaError.
    """
    attempt = accounts.take_attempt(state=state, browser=browser, provider=provider.name, now=now)
    tokens = provider.finish(code, verifier=attempt.verifier, nonce=attempt.nonce, now=now)
    account = accounts.sign_in(provider=provider.realm, subject=tokens.oid, is_confirmed=tokens.trusted, now=now)
    if not tokens.trusted:
        return SignedIn("", attempt.next_path, has_consent=False)
    has_consent = account_queries.has_consent(account.pk, "processing")
    if has_consent and not read_person(provider, tokens, accounts.scope_of_account(account.pk), now=now):
        return SignedIn("", attempt.next_path, has_consent=False)
    session = accounts.open_session(
        account.pk,
        now=now,
        user_agent=user_agent,
        address=address,
        replaces=replaces,
        proved_at=rules.proved_at(tokens.id_claims, now=now),
    )
    if not has_consent:
        accounts.keep_sealed_tokens(session.id, sealing.seal(tokens, session_token=session.token))
    return SignedIn(session.token, attempt.next_path, has_consent)


def read_person(provider: Provider, tokens: Tokens, scope: AccountScope, *, now: datetime) -> bool:
    """Read the person from the provider and write him down.

    Returns False, with nothing written, where the profile says that the account is not confirmed after all.
    Raises EsiaError.
    """
    profile = provider.read_profile(tokens)
    if not profile.person.trusted:
        return False
    register(scope, profile, now=now)
    return True


def sealed(session_id: UUID, *, session_token: str) -> Tokens | None:
    """Return the tokens that wait for the consent; None where it is too late for them."""
    return sealing.unseal(account_queries.sealed_tokens(session_id), session_token=session_token)


@transaction.atomic
def register(scope: AccountScope, profile: Profile, *, now: datetime) -> None:
    """Write what the provider said of the person, his contacts, policies and children."""
    person_id = patients.register_self(scope, _facts(profile.person, _enp(profile.documents)), now=now)
    accounts.keep_contacts(
        scope.account_id,
        email=next((one.value for one in profile.contacts if one.type == "EML" and one.verified), ""),
        mobile=next((one.value for one in profile.contacts if one.type == "MBT" and one.verified), ""),
        address=next((one.text for one in profile.addresses if one.type == "PLV"), "")
        or next((one.text for one in profile.addresses), ""),
    )
    if "documents" not in profile.missing:
        insurance.keep_confirmed(person_id, enp=_enp(profile.documents), now=now)
    if "children" in profile.missing:
        patients.doubt_children(scope)
        return
    facts = [_facts(child, _enp(child.documents)) for child in profile.children]
    registered = patients.register_children(scope, facts, now=now)
    if "child-documents" not in profile.missing:
        for child_id, one in zip(registered, facts, strict=True):
            insurance.keep_confirmed(child_id, enp=one.enp, now=now)


def _facts(person: EsiaPerson | EsiaChild, enp: str) -> patients.PersonFacts:
    return patients.PersonFacts(
        family_name=person.family_name[:120],
        given_name=person.given_name[:120],
        patronymic=person.middle_name[:120],
        birth_date=person.birth_date,
        gender=person.gender or "unknown",
        snils=person.snils,
        enp=enp,
    )


def _enp(documents: tuple[EsiaDocument, ...]) -> str:
    """Return the ЕНП of the OMS policy that the provider has verified, or an empty text."""
    return next((one.united_number for one in documents if one.type == "MDCL_PLCY" and one.verified), "")
