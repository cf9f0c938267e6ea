"""The portal that the bench of booking asks, and the requests of its people."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bench_booking_data as data
import psycopg

USED = (
    "scheduling_appointmentevent", "scheduling_waitlistoffer", "scheduling_appointment", "mailer_notice",
    "outbox_outboxevent", "audit_auditevent",
)  # fmt: skip
Request = tuple[str, str, dict[str, str], str]


@dataclass(slots=True)
class Place:
    """A portal on PostgreSQL with people and free times. `folder` is the server's: pgbench comes by its socket."""

    folder: Path
    environment: dict[str, str]
    made: dict[str, Any]
    is_quick: bool
    rate: float = 0.0
    notes: list[str] = field(default_factory=list)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(f"host={self.folder} user=postgres", autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def reset(self) -> None:
        """Take every booking of the last round back, and what it left."""
        self.sql(f"TRUNCATE {', '.join(USED)} CASCADE")
        self.sql("UPDATE scheduling_slot SET appointment = NULL, held_by = NULL, held_since = NULL, held_until = NULL"
                 " WHERE appointment IS NOT NULL OR held_by IS NOT NULL")  # fmt: skip
        self.sql("VACUUM scheduling_slot")
        self.sql("CHECKPOINT")

    def cookie(self, person: int) -> str:
        session, form = self.made["cookie"]
        return f"{session}={data.token_of(person)}; {form}={'c' * 32}"

    def confirm(self, person: int, slot: int) -> Request:
        form = {"slot": str(data.uid(data.SLOT, slot)), "key": str(data.uid(data.KEY, person))}
        return ("POST", f"/p/{data.key_of(person)}/appointments/book/confirm/", form, self.cookie(person))

    def get(self, person: int, rest: str) -> Request:
        return ("GET", f"/p/{data.key_of(person)}/{rest}", {}, self.cookie(person))
