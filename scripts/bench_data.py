"""Prepares one database for `bench.py`, in a process of its own: `bench_data.py ACCOUNTS RESIDENTS PAGES`.

Writes to standard output one JSON object: the command that serves the portal, and for each page its requests
(one for each signed-in account), its statements and its size. PAGES are sections as in `/p/<key>/<section>`.
"""

import gzip
import json
import os
import sys
from itertools import cycle, islice
from typing import Any

LOOKED_AT = 20  # accounts


def main() -> None:
    accounts, residents, pages = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(",")
    os.environ["DJANGO_SETTINGS_MODULE"] = "medkarta.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from medkarta.config.management.commands import run

    with open(os.devnull, "w") as silence:
        call_command("migrate", interactive=False, verbosity=0)
        run.collect_static()
        call_command("seed-demo", residents=residents, stdout=silence)
    cookies = sign_in(accounts)
    found = {page or "home": measure(page, cookies) for page in pages}
    json.dump({"command": run.web("127.0.0.1").command, "pages": found}, sys.stdout)


def sign_in(count: int) -> list[tuple[str, str]]:
    """Make accounts with a live session, a consent, themselves and two children. Returns (cookie, key of a record)."""
    from django.conf import settings
    from django.db import connection, transaction
    from django.utils import timezone

    from medkarta.patients.models import Patient

    now = timezone.now()
    grown = now.date().replace(year=now.year - 18, day=1)
    rows = Patient.objects.exclude(snils="").order_by("pk")
    adults = list(rows.filter(birth_date__lt=grown))
    children = cycle(rows.filter(birth_date__gt=grown))
    with transaction.atomic():
        made = [_account(place, adults[place % len(adults)], islice(children, 2), now) for place in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    form = f"{settings.CSRF_COOKIE_NAME}={'c' * 32}"  # as on every page but a visit's first
    return [(f"{settings.SESSION_COOKIE}={token}; {form}", key) for token, key in made]


def _account(place: int, adult: Any, children: Any, now: Any) -> tuple[str, str]:
    from medkarta.accounts import actions as accounts
    from medkarta.insurance import actions as insurance
    from medkarta.patients import actions as patients
    from medkarta.patients.models import Representation

    account = accounts.sign_in(provider="bench", subject=str(place), is_confirmed=True, now=now)
    scope = accounts.scope_of_account(account.pk)
    accounts.give_consent(scope, kind="processing", now=now, address="127.0.0.1")
    own = patients.register_self(scope, _facts(adult), now=now)
    for person_id in [own, *patients.register_children(scope, map(_facts, children), now=now)]:
        insurance.keep_confirmed(person_id, enp=f"50{place:014d}", now=now)
    key = Representation.objects.get(account_id=account.pk, person_id=own).key
    accounts.keep_last_person(account.pk, key)
    return accounts.open_session(account.pk, now=now, user_agent="bench", address="127.0.0.1").token, key


def _facts(row: Any) -> Any:
    from medkarta.patients.actions import PersonFacts

    return PersonFacts(row.family_name, row.given_name, row.patronymic, row.birth_date, row.gender, row.snils)


def measure(page: str, cookies: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the requests of a page, and what one answer costs in statements and bytes, from a few accounts."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    statements, answers = [], []
    for cookie, key in [cookies[0], *cookies[:LOOKED_AT]]:
        client = Client(SERVER_NAME="127.0.0.1", HTTP_COOKIE=cookie)
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(f"/p/{key}/{page}")
        if answer.status_code != 200:
            raise SystemExit(f"the page {page or 'home'} answers {answer.status_code}")
        statements.append(len(caught))
        answers.append(answer.content)
    typical = sorted(answers, key=len)[len(answers) // 2]
    return {
        "requests": [[f"/p/{key}/{page}", cookie] for cookie, key in cookies],
        "statements": max(statements[1:]),  # the first answer also connects
        "html": len(typical),
        "gzip": len(gzip.compress(typical, 6)),
    }


if __name__ == "__main__":
    main()
