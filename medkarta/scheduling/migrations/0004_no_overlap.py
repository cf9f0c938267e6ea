"""No two live appointments of one person overlap, kept by the database itself.

The triggers look at all rows of the same person, or of the same unlinked patient. On PostgreSQL a lock of the
transaction makes two writers of one person wait for each other; SQLite has one writer at a time.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

LIVE = "('proposed', 'pending', 'booked', 'arrived', 'checked-in')"
COLUMNS = "patient_id, status, starts_at, ends_at, is_withdrawn"
NEEDS_CHECK = f"NEW.status IN {LIVE} AND NOT NEW.is_withdrawn AND NEW.starts_at < NEW.ends_at"
SAME_PERSON = """(
    a.patient_id = NEW.patient_id OR a.patient_id IN (
        SELECT other.id FROM patients_patient other JOIN patients_patient own ON own.person_id = other.person_id
        WHERE own.id = NEW.patient_id
    )
)"""
OVERLAPS = f"""SELECT 1 FROM scheduling_appointment a
    WHERE {SAME_PERSON} AND a.id <> NEW.id AND a.status IN {LIVE} AND NOT a.is_withdrawn
    AND a.starts_at < NEW.ends_at AND a.ends_at > NEW.starts_at"""

SQLITE = [
    f"""CREATE TRIGGER appointment_no_overlap_{event.split()[0].lower()}
    AFTER {event} ON scheduling_appointment FOR EACH ROW WHEN {NEEDS_CHECK} AND EXISTS ({OVERLAPS})
    BEGIN SELECT RAISE(ABORT, 'appointment_no_overlap'); END"""
    for event in ("INSERT", f"UPDATE OF {COLUMNS}")
]
POSTGRESQL = [
    f"""CREATE FUNCTION scheduling_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {NEEDS_CHECK} THEN
            PERFORM pg_advisory_xact_lock(hashtextextended(
                coalesce((SELECT person_id FROM patients_patient WHERE id = NEW.patient_id), NEW.patient_id)::text, 1));
            IF EXISTS ({OVERLAPS}) THEN
                RAISE EXCEPTION 'appointment_no_overlap'
                    USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'appointment_no_overlap';
            END IF;
        END IF;
        RETURN NULL;
    END $$""",
    f"""CREATE TRIGGER appointment_no_overlap AFTER INSERT OR UPDATE OF {COLUMNS} ON scheduling_appointment
    FOR EACH ROW EXECUTE FUNCTION scheduling_no_overlap()""",
]
GONE = {
    "sqlite": [f"DROP TRIGGER appointment_no_overlap_{event}" for event in ("insert", "update")],
    "postgresql": [
        "DROP TRIGGER appointment_no_overlap ON scheduling_appointment",
        "DROP FUNCTION scheduling_no_overlap()",
    ],
}


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in GONE[editor.connection.vendor]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0003_booking_engine"), ("patients", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
