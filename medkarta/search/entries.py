"""What a room gives to the index."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found: row `subject_id` of the room of `kind`, and what it says.

    `text` may be of any length: what is beyond `rules.MOST_CHARS` is left out. Raises ValueError for a bad kind.
    """

    kind: str
    subject_id: UUID
    patient_id: UUID
    title: str
    text: str = ""
    dated_at: datetime | None = None
    is_restricted: bool = False

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise ValueError("a kind consists of small Latin letters, digits and hyphens")
