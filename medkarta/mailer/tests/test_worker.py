"""The worker as a process of its own: killed in the middle of a letter, and beside a mail server that is slow."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from medkarta.integrations.mail.tests.server import Mailroom, serving

pytestmark = pytest.mark.slow
PREPARE = """
from datetime import timedelta
from django.utils import timezone
from medkarta.accounts import actions as accounts
from medkarta.accounts.models import Account
from medkarta.core.scopes import WorkerScope
from medkarta.mailer import actions
now = timezone.now()
account = Account.objects.create(provider="esia", subject="1", is_confirmed=True, email="a@example.org", created_at=now)
scope = accounts.scope_of_account(account.pk)
accounts.give_consent(scope, kind="messages", now=now, address="")
actions.choose(scope, chosen={"mail": ["requests"]}, is_detailed=False)
actions.notify(WorkerScope(), account_ids=[account.pk], person_id=None, kind="requests", text="mailer.undelivered",
               params={}, link="/about/", key="one", now=now)
"""


@pytest.fixture
def house(tmp_path):
    """A database of its own with one letter in the queue: folder and environment; workers are ended."""
    environment = {
        **os.environ,
        "MEDKARTA_DATA_DIR": str(tmp_path),
        "MEDKARTA_MODE": "demo",
        "MEDKARTA_STATIC": "rooms",
    }
    environment.pop("DATABASE_URL", None)
    for command in (["migrate", "--verbosity", "0"], ["shell", "--no-imports", "-c", PREPARE]):
        subprocess.run([sys.executable, "-m", "medkarta", *command], env=environment, check=True, capture_output=True)
    running = []

    def work(port):
        url = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        worker = subprocess.Popen(
            [sys.executable, "-m", "medkarta", "worker"], env=environment | url, stderr=subprocess.DEVNULL
        )
        running.append(worker)
        return worker

    yield tmp_path / "medkarta.sqlite3", work
    for worker in running:
        worker.kill()
        worker.wait()


def ask(database, statement):
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        return connection.execute(statement).fetchall()


def wait_for(found, seconds=60):
    ends = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_worker_beside_a_slow_mail_server_keeps_house_and_killed_in_a_letter_sends_the_same_again(house):
    database, work = house
    room = Mailroom(["slow"], slow_seconds=20)
    letter = "SELECT state FROM outbox_outboxevent WHERE handler = 'mailer.letter'"
    seal = "SELECT due_at FROM outbox_outboxevent WHERE handler = 'audit.seal'"
    with serving(room) as port:
        worker = work(port)
        wait_for(lambda: room.taken)
        before = ask(database, seal)
        wait_for(lambda: ask(database, seal) != before, seconds=15)
        assert ask(database, letter) == [("waiting",)], "nobody here knows yet that the server has it"

        worker.kill()
        worker.wait()
        ask(database, "UPDATE outbox_outboxevent SET locked_until = NULL WHERE handler = 'mailer.letter'")  # lease over
        worker = work(port)
        wait_for(lambda: len(room.taken) == 2 and ask(database, letter) == [("done",)])
        worker.terminate()
        assert worker.wait(30) == 0

    assert len({one["Message-ID"] for one in room.taken}) == 1
