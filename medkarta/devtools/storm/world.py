"""The small world of a storm, laid by a process of its own: `python -m medkarta.devtools.storm.world FILE`.

Too many people for too few times. Holds last seconds, so that they run out while the storm blows.
"""

import json
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

SOURCE = "storm"
ACCOUNTS = 40
TIMES = 26  # of each doctor
MINUTES = 15
POSITIONS = ("49", "49", "61", "61", "34", "34", "27", "27")  # the last two see children
CHILDREN = 12  # each of two accounts
HOLD_SECONDS = 4
SETTINGS = {
    "hold_seconds": HOLD_SECONDS,
    "hold_limit_seconds": 12,
    "max_changes_per_day": 10_000_000,
    "waitlist_first_seconds": 3,
    "waitlist_offer_minutes": [1, 1, 1],
    "waitlist_quiet": [0, 0],
    "waitlist_max_missed": 10_000,
}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "medkarta.config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from medkarta.config.management.commands import run

    call_command("migrate", interactive=False, verbosity=0)
    run.collect_static()
    now = timezone.now()
    made = lay(now)
    made |= {"web": run.web("127.0.0.1").command, "worker": run._worker().command}
    Path(sys.argv[1]).write_text(json.dumps(made, default=str))


def lay(now: datetime) -> dict[str, Any]:
    """Write the world and return what the clients and the checks have to know of it."""
    from django.db import transaction

    with transaction.atomic():
        clinics = _clinics(now)
        times = _times(clinics, now)
        people = _people(clinics, now)
        _set(now)
    patients = [{"patient": one["patient"], "rid": one["rid"], "person": one["person"]} for one in people]
    return {
        "people": people,
        "patients": list({one["rid"]: one for one in patients}.values()),
        "times": times,
        "clinics": clinics,
        "hold_seconds": HOLD_SECONDS,
    }


def _clinics(now: datetime) -> list[str]:
    from medkarta.core.ids import resource_id
    from medkarta.facilities.models import Facility

    rows = [
        Facility(
            id=resource_id(SOURCE, "Organization", f"c{number}"), source=SOURCE, name=f"Поликлиника {number}",
            is_listed=True, serves_adults=True, serves_children=True, updated_at=now, first_seen_at=now,
        )
        for number in (1, 2)
    ]  # fmt: skip
    Facility.objects.bulk_create(rows)
    return [str(row.pk) for row in rows]


def _times(clinics: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    """Doctors of each position, all on the same day at the same minutes: a person's own times overlap too."""
    start = now.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=3)
    found = []
    for number, position in enumerate(POSITIONS):
        post = _doctor(number, position, UUID(clinics[number % 2]), now)
        found += _times_of(number, post, start + timedelta(minutes=5 * (number % 3)))
    return found


def _doctor(number: int, position: str, clinic: UUID, now: datetime) -> dict[str, Any]:
    """Write a doctor with a post and a schedule. Returns what his times have in common."""
    from medkarta.core.ids import resource_id
    from medkarta.facilities.models import Practitioner, PractitionerRole
    from medkarta.scheduling.models import Schedule

    doctor, role, schedule = (
        resource_id(SOURCE, kind, f"d{number}") for kind in ("Practitioner", "PractitionerRole", "Schedule")
    )
    Practitioner.objects.create(id=doctor, source=SOURCE, full_name=f"Врач {number}", updated_at=now)
    PractitionerRole.objects.create(
        id=role, source=SOURCE, practitioner_id=doctor, facility_id=clinic, position_name=f"врач {position}",
        specialty_code=position, updated_at=now,
    )  # fmt: skip
    Schedule.objects.create(
        id=schedule, source=SOURCE, practitioner_role_id=role, practitioner_id=doctor, facility_id=clinic,
        specialty_code=position,
    )  # fmt: skip
    return {
        "schedule_id": schedule, "practitioner_role_id": role, "facility_id": clinic, "specialty_code": position,
    }  # fmt: skip


def _times_of(number: int, post: dict[str, Any], start: datetime) -> list[dict[str, Any]]:
    from medkarta.core.ids import resource_id
    from medkarta.scheduling.models import Slot
    from medkarta.scheduling.rules import rights

    found, rows = [], []
    for place in range(TIMES):
        rid, at = f"s{number}-{place}", start + timedelta(minutes=MINUTES * place)
        until = at + timedelta(minutes=MINUTES)
        pk = resource_id(SOURCE, "Slot", rid)
        rows.append(
            Slot(
                id=pk, source=SOURCE, status="free", starts_at=at, ends_at=until, rights_mask=rights.mask_of(()), **post
            )
        )
        found.append(
            {"id": str(pk), "rid": rid, "position": post["specialty_code"], "starts_at": at.isoformat(),
             "ends_at": until.isoformat(), "clinic": str(post["facility_id"]), "schedule": str(post["schedule_id"]),
             "role": str(post["practitioner_role_id"])}
        )  # fmt: skip
    Slot.objects.bulk_create(rows)
    return found


def _people(clinics: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    """Return one row for each record that an account may open: its own, and a child's that another shares."""
    from django.conf import settings

    from medkarta.accounts import actions as accounts
    from medkarta.patients import actions as patients
    from medkarta.patients.models import Representation

    children = [_facts(1000 + number, date(now.year - 6, 3, 1)) for number in range(CHILDREN)]
    found = []
    for number in range(ACCOUNTS):
        facts = _facts(number, date(1980, 1, 1 + number % 28))
        account = accounts.sign_in(provider=SOURCE, subject=str(number), is_confirmed=True, now=now)
        scope = accounts.scope_of_account(account.pk)
        accounts.give_consent(scope, kind="processing", now=now, address="127.0.0.1")
        own = [children[number // 2]] if number < 2 * CHILDREN else []
        ids = [patients.register_self(scope, facts, now=now), *patients.register_children(scope, own, now=now)]
        token = accounts.open_session(account.pk, now=now, user_agent="storm", address="127.0.0.1").token
        cookie = f"{settings.SESSION_COOKIE}={token}; {settings.CSRF_COOKIE_NAME}={'c' * 32}"
        for person_id, one in zip(ids, [facts, *own], strict=True):
            key = Representation.objects.get(account_id=account.pk, person_id=person_id).key
            row = _patient(person_id, one, now)
            found.append(
                {"account": str(account.pk), "person": str(person_id), "key": key, "cookie": cookie,
                 "is_child": one is not facts, "patient": row, "rid": f"p{one.snils}"}
            )  # fmt: skip
    return found


def _patient(person_id: UUID, facts: Any, now: datetime) -> str:
    """Write the row that the clinic's system has of a person, once."""
    from medkarta.core.ids import resource_id
    from medkarta.patients.models import Patient

    row = Patient(
        id=resource_id(SOURCE, "Patient", f"p{facts.snils}"), source=SOURCE, person_id=person_id, link="linked",
        family_name=facts.family_name, given_name=facts.given_name, birth_date=facts.birth_date,
        gender=facts.gender, snils=facts.snils, updated_at=now,
    )  # fmt: skip
    Patient.objects.bulk_create([row], ignore_conflicts=True)
    return str(row.pk)


def _facts(number: int, born: date) -> Any:
    from medkarta.core.ids import snils_check_digits
    from medkarta.patients.actions import PersonFacts

    nine = f"{900_100_000 + number}"
    return PersonFacts("Штормовая", f"Проба{number}", "", born, "female", nine + snils_check_digits(nine))


def _set(now: datetime) -> None:
    from medkarta.scheduling.models import BookingSetting

    BookingSetting.objects.bulk_create(
        BookingSetting(name=name, value=value, valid_from=now, created_at=now) for name, value in SETTINGS.items()
    )


if __name__ == "__main__":
    main()
