"""Prepares PostgreSQL for `bench_booking.py`, in a process of its own: `bench_booking_data.py people|slots|worker …`.

Rows are made by INSERT … SELECT from one made row each: a hundred thousand people cost seconds. Every id is a prefix
and a number, so that a script of pgbench can name the same rows as the requests do.
"""

import hashlib
import json
import os
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

ACCOUNT, PERSON, PATIENT, REPRESENTATION, SESSION, CONSENT, SLOT, KEY = range(0xA0000001, 0xA0000009)
ROLE, DOCTOR, SCHEDULE, CLINIC, ENTRY = range(0xB0000001, 0xB0000006)
CLINICS, DOCTORS = 10, 100
POSITION = "49"


def uid(prefix: int, number: int) -> UUID:
    return UUID(f"{prefix:08x}-0000-4000-8000-{number:012d}")


def sql_uid(prefix: int, number: str = "n") -> str:
    return f"('{prefix:08x}-0000-4000-8000-' || lpad(({number})::text, 12, '0'))::uuid"


def token_of(number: int) -> str:
    return f"bench-{number}"


def key_of(number: int) -> str:
    return f"bench{number:017d}"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "medkarta.config.settings"
    import django

    django.setup()
    what, count = sys.argv[1], int(sys.argv[2])
    {"people": people, "slots": many_slots, "waiting": waiting}[what](count)


def people(count: int) -> None:
    """Make people with a session each, and as many free times; print how to serve, and the scripts of pgbench."""
    from django.core.management import call_command

    from medkarta.config.management.commands import run

    sys.path.insert(0, os.path.dirname(__file__))
    import bench_statements

    call_command("migrate", interactive=False, verbosity=0)
    run.collect_static()
    lay_directory(CLINICS, DOCTORS)
    lay_people(count)
    lay_slots(count, doctors=DOCTORS, taken="NULL")
    analyze()
    scripts = bench_statements.scripts()
    made = {"command": run.web("127.0.0.1").command, "worker": run._worker().command, "cookie": cookie_names()}
    json.dump(made | {"scripts": scripts}, sys.stdout)


def cookie_names() -> list[str]:
    from django.conf import settings

    return [settings.SESSION_COOKIE, settings.CSRF_COOKIE_NAME]


def lay_directory(clinics: int, doctors: int) -> None:
    from django.utils import timezone

    from medkarta.facilities.models import Facility, Practitioner, PractitionerRole
    from medkarta.scheduling.models import Schedule

    now = timezone.now()
    clinic = Facility(
        id=uid(CLINIC, 0), source="bench", name="Поликлиника", is_listed=True, serves_adults=True,
        serves_children=True, updated_at=now, first_seen_at=now,
    )  # fmt: skip
    multiply(clinic, clinics, {"id": sql_uid(CLINIC), "name": "'Поликлиника ' || n"})
    doctor = Practitioner(id=uid(DOCTOR, 0), source="bench", full_name="Врач", updated_at=now)
    multiply(doctor, doctors, {"id": sql_uid(DOCTOR), "full_name": "'Врач ' || n"})
    post = {
        "practitioner_id": sql_uid(DOCTOR),
        "facility_id": sql_uid(CLINIC, f"n % {clinics}"),
        "specialty_code": f"CASE WHEN n % 4 = 3 THEN '61' ELSE '{POSITION}' END",
    }
    role = PractitionerRole(id=uid(ROLE, 0), source="bench", position_name="врач-терапевт", updated_at=now)
    multiply(role, doctors, {"id": sql_uid(ROLE), **post})
    schedule = Schedule(id=uid(SCHEDULE, 0), source="bench")
    multiply(schedule, doctors, {"id": sql_uid(SCHEDULE), "practitioner_role_id": sql_uid(ROLE), **post})


def lay_people(count: int) -> None:
    from django.utils import timezone

    from medkarta.accounts import consents
    from medkarta.accounts.models import Account, Consent, Session
    from medkarta.patients.models import Patient, Person, Representation

    now = timezone.now()
    of = {"account_id": sql_uid(ACCOUNT), "person_id": sql_uid(PERSON)}
    key = "'bench' || lpad(n::text, 17, '0')"
    multiply(
        Account(provider="bench", is_confirmed=True, created_at=now), count,
        {"id": sql_uid(ACCOUNT), "subject": "n::text", "last_person_key": key},
    )  # fmt: skip
    text = consents.current("processing")
    consent = Consent(kind="processing", version=text.version, text_hash=text.hash, given_at=now)
    multiply(consent, count, {"id": sql_uid(CONSENT), "account_id": of["account_id"]})
    session = Session(created_at=now, seen_at=now, authenticated_at=now, ends_at=now + timedelta(hours=12))
    token = "encode(sha256(('bench-' || n)::bytea), 'hex')"
    multiply(session, count, {"id": sql_uid(SESSION), "account_id": of["account_id"], "token_hash": token})
    facts = {"family_name": "Пробная", "given_name": "Анна", "birth_date": now.date().replace(year=1980, day=1)}
    multiply(Person(**facts, gender="female", updated_at=now), count, {"id": sql_uid(PERSON)})
    patient = Patient(**facts, gender="female", source="medkarta", link="linked", updated_at=now)
    multiply(patient, count, {"id": sql_uid(PATIENT), "person_id": of["person_id"]})
    link = Representation(kind="self", confirmed_at=now)
    multiply(link, count, {"id": sql_uid(REPRESENTATION), **of, "key": key})


def lay_slots(count: int, *, doctors: int, taken: str, start_hours: int = 96, clinics: int = CLINICS) -> None:
    """Make times of a quarter of an hour, doctor after doctor; `taken`: SQL of the appointment that has each."""
    from django.utils import timezone

    from medkarta.scheduling.models import Slot
    from medkarta.scheduling.rules import rights

    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=start_hours)
    slot = Slot(
        source="bench", status="free", starts_at=start, ends_at=start, rights_mask=rights.mask_of(()),
        specialty_code=POSITION,
    )  # fmt: skip
    begins = f"'{start.isoformat()}'::timestamptz + (n / {doctors}) * interval '15 minutes'"
    doctor = f"n % {doctors}"
    multiply(
        slot, count,
        {
            "id": sql_uid(SLOT), "schedule_id": sql_uid(SCHEDULE, doctor), "starts_at": begins,
            "ends_at": f"{begins} + interval '15 minutes'", "practitioner_role_id": sql_uid(ROLE, doctor),
            "facility_id": sql_uid(CLINIC, f"{doctor} % {clinics}"), "appointment": taken,
            "specialty_code": f"CASE WHEN {doctor} % 4 = 3 THEN '61' ELSE '{POSITION}' END",
        },
    )  # fmt: skip


def many_slots(count: int) -> None:
    """Replace all times and doctors by those of a region: 13 000 doctors at 1 200 clinics, most times taken."""
    from django.db import connection

    from medkarta.facilities.models import Facility, Practitioner, PractitionerRole
    from medkarta.scheduling.models import Schedule, Slot

    with connection.cursor() as cursor:
        for model in (Slot, Schedule, PractitionerRole, Practitioner, Facility):
            cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')
    lay_directory(1200, 13_000)
    near = f"n / 13000 < {3 * 24 * 4 // 4}"  # the next days: 93 of 100 taken; later: 62
    taken = f"CASE WHEN (n::bigint * 7919) % 100 < (CASE WHEN {near} THEN 93 ELSE 62 END) THEN gen_random_uuid() END"
    lay_slots(count, doctors=13_000, taken=taken, start_hours=1, clinics=1200)
    analyze()


def waiting(count: int) -> None:
    """Let people wait for the position of the bench, the last of `people` first."""
    from django.utils import timezone

    from medkarta.requests.models import Request
    from medkarta.scheduling.models import WaitlistEntry

    now = timezone.now()
    first = int(sys.argv[3])
    entry = WaitlistEntry(
        is_own=True, status="created", specialty_code=POSITION, requested_at=now, priority=4, not_before=now,
        not_after=now + timedelta(days=30),
    )  # fmt: skip
    who = {"patient_id": sql_uid(PATIENT, f"n + {first}"), "account_id": sql_uid(ACCOUNT, f"n + {first}")}
    multiply(entry, count, {"id": sql_uid(ENTRY), **who})
    request = Request(kind="waitlist", status="created", created_at=now, changed_at=now)
    more = {"id": sql_uid(ENTRY), "target_id": sql_uid(ENTRY), "number": "'bench-' || n"}
    multiply(request, count, more | {"account_id": who["account_id"], "person_id": sql_uid(PERSON, f"n + {first}")})
    analyze()


def multiply(row: Any, count: int, changes: dict[str, str]) -> None:
    """Insert `count` copies of a row; `changes` are SQL expressions of `n`, from 0, by column."""
    from django.db import connection

    columns, values, parameters = [], [], []
    for field in row._meta.concrete_fields:
        if field.column in changes:
            values.append(changes[field.column].replace("%", "%%"))
        else:
            values.append("%s")
            parameters.append(field.get_db_prep_save(field.pre_save(row, add=True), connection))
        columns.append(f'"{field.column}"')
    statement = (
        f'INSERT INTO "{row._meta.db_table}" ({", ".join(columns)})'
        f" SELECT {', '.join(values)} FROM generate_series(0, {count - 1}) AS series(n)"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def hash_of(number: int) -> str:
    return hashlib.sha256(token_of(number).encode()).hexdigest()


if __name__ == "__main__":
    main()
