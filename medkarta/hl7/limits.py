"""How large an input may be. One frozen value, handed down from the door that reads."""

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes and counts; a bigger input is refused with a sentence, never cut."""

    max_document_bytes: int = 64 * MB
    """One JSON or XML document, or one line of NDJSON. An NDJSON file may be of any size."""
    max_xml_bytes: int = 32 * MB
    """One XML document, which is held as a tree several times its size."""
    max_string_bytes: int = 16 * MB
    """One string, such as the base64 content of a Binary."""
    max_depth: int = 64
    max_number_chars: int = 64
    max_cda_elements: int = 200_000
    """Elements of a CDA document that is read to be shown: some four megabytes of nothing but cells of tables."""
    max_entries: int = 10_000
    """Entries of a transaction, which is stored at once. Other Bundles are read entry by entry."""
    max_zip_members: int = 20_000
    max_zip_bytes: int = 4096 * MB
    """Everything in one archive, unpacked."""
    max_zip_ratio: int = 200
    """Unpacked to packed size of a member above `zip_ratio_from`: beyond it the archive is a bomb."""
    zip_ratio_from: int = 16 * MB


LIMITS = Limits()
