"""Somebody who is signed in, without the way through a provider."""

from datetime import datetime

from django.conf import settings
from django.test import Client
from django.utils import timezone

from medkarta.accounts import actions as accounts
from medkarta.accounts.models import Account
from medkarta.patients.models import Person
from medkarta.patients.tests.factories import AccountFactory, PersonFactory, RepresentationFactory


def signed_in(account: Account, *, consent: bool = True, now: datetime | None = None, **client: object) -> Client:
    """Return a browser with a live session of this account."""
    now = now or timezone.now()
    if consent:
        accounts.give_consent(accounts.scope_of_account(account.pk), kind="processing", now=now, address="127.0.0.1")
    session = accounts.open_session(account.pk, now=now, user_agent="", address="127.0.0.1")
    browser = Client(**client)
    browser.cookies[settings.SESSION_COOKIE] = session.token
    return browser


def resident(**person: object) -> tuple[Account, Person, str]:
    """Return an account, its own person and the key of his record."""
    account, own = AccountFactory(), PersonFactory(**person)
    key = RepresentationFactory(account=account, person=own, confirmed_at=timezone.now()).key
    return account, own, key
