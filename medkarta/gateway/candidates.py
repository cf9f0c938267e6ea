"""What preparing makes and writing takes: light values that travel between processes. Knows no Django model."""

from typing import NamedTuple
from uuid import UUID

from medkarta.gateway.outcomes import Reason
from medkarta.hl7.units import Place

CDA = "ClinicalDocument"
"""The type that a CDA document counts as."""

Key = tuple[str, str, str]
"""Type, canonical system and value of a business identifier."""


class Whose(NamedTuple):
    """Whom a CDA document is about: the Patient of its header, and how the source may have named him otherwise.

    `size` is that of the document in bytes, `signatures` are those that lay beside it.
    """

    companion: "Candidate"
    keys: frozenset[Key]
    has_numbers: bool
    size: int
    signatures: tuple[bytes, ...] = ()


class Candidate(NamedTuple):
    """One valid resource of one source, ready to be written but for what must be looked up.

    `canonical` is JSON text in which references by id are ours already; those in `lookups` (and the condition of a
    conditional create or update) wait for the database. `patient_id` or `patient_key` names whose it is.
    """

    file: str
    place: Place
    path: str
    id: UUID
    type: str
    rid: str
    version: str
    hash: str
    received: bytes
    canonical: bytes
    is_restricted: bool
    is_withdrawn: bool
    patient_id: UUID | None
    patient_key: Key | None
    identifiers: frozenset[Key]
    lookups: frozenset[Key]
    condition: Key | None = None
    is_conditional_update: bool = False
    whose: Whose | None = None

    @property
    def weight(self) -> int:
        """How many bytes it adds to what is written at once."""
        return self.whose.size if self.whose else len(self.canonical)


class Prepared(NamedTuple):
    """A unit to write, or the reasons why nothing of it is. `types` are those of all its entries."""

    file: str
    place: Place
    is_transaction: bool
    types: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]
