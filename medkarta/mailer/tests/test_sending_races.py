"""Forms and codes that come at the same moment, each in a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from medkarta.audit.models import AuditEvent
from medkarta.core.scopes import Actor, ActorKind, PatientScope
from medkarta.mailer import actions, rules
from medkarta.mailer.models import Sending
from medkarta.mailer.tests.factories import PASSCODE, SendingFactory
from medkarta.mailer.tests.sent_things import OWN, sender
from medkarta.outbox.models import OutboxEvent

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_files"),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="the test database of SQLite lives in one connection"),
]


def at_once(act, values):
    """Return what an act gave for each value, all started at the same moment."""
    start = Barrier(len(values))

    def apart(value):
        start.wait(10)
        try:
            return act(value)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(values)) as pool:
        return list(pool.map(apart, values))


def test_the_same_form_sent_many_times_at_once_sends_one_letter():
    who, key = sender(), uuid4()
    scope = PatientScope(Actor(ActorKind.PERSON, str(who.account_id)), who.account_id, who.person_id, who.key, True)
    order = actions.Order("documents", who.document_id, OWN, False, "link", key, "1:0")

    ids = at_once(lambda _: actions.order_sending(scope, order, now=timezone.now()), range(6))

    assert len(set(ids)) == 1
    assert OutboxEvent.objects.filter(handler="mailer.send").count() == 1
    assert AuditEvent.objects.filter(action="mailer.send").count() == 1


def test_limit_of_an_hour_holds_for_forms_sent_at_once():
    who = sender()
    scope = PatientScope(Actor(ActorKind.PERSON, str(who.account_id)), who.account_id, who.person_id, who.key, True)
    SendingFactory.create_batch(rules.SENDINGS_AN_HOUR - 2, account_id=who.account_id)

    def send(key):
        try:
            return actions.order_sending(
                scope, actions.Order("documents", who.document_id, OWN, False, "link", key, "1:0"), now=timezone.now()
            )
        except actions.TooManySendings:
            return None

    made = at_once(send, [uuid4() for _ in range(6)])

    assert len([one for one in made if one]) == 2


def test_codes_guessed_at_once_are_not_more_than_five():
    who = sender()
    sending = SendingFactory(account_id=who.account_id, person_id=who.person_id, subject_id=who.document_id)

    statuses = at_once(
        lambda number: Client().post(f"/sent/{sending.token}/", {"code": f"wrong-{number}"}).status_code, range(12)
    )

    assert set(statuses) == {422}
    assert Sending.objects.get().wrong_codes == rules.WRONG_CODES
    assert AuditEvent.objects.filter(action="mailer.open_link").count() == rules.WRONG_CODES
    assert Client().post(f"/sent/{sending.token}/", {"code": PASSCODE}).status_code == 422
