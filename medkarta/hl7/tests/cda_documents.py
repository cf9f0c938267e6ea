"""Small CDA documents for tests: a body around what matters, and the fixtures of this package."""

from base64 import b64encode
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
NAMESPACES = (
    'xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:identity="urn:hl7-ru:identity"'
)
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
JPEG = b"\xff\xd8\xff\xe0" + b"photo"
PDF = b"%PDF-1.7\n%%EOF"


def document(body: str = "", head: str = "") -> bytes:
    """Return a document with a body of `component` elements."""
    return f"<ClinicalDocument {NAMESPACES}>{head}{body}</ClinicalDocument>".encode()


def sections(*inner: str) -> bytes:
    """Return a document of sections with this content."""
    found = "".join(f"<component><section>{one}</section></component>" for one in inner)
    return document(f"<component><structuredBody>{found}</structuredBody></component>")


def text(narrative: str) -> bytes:
    """Return a document of one section with this narrative."""
    return sections(f"<title>Т</title><text>{narrative}</text>")


def entry(statement: str) -> bytes:
    """Return a document of one section without a narrative and with one entry."""
    return sections(f"<title>Т</title><entry>{statement}</entry>")


def media(identifier: str, data: bytes) -> str:
    """Return an entry with a picture."""
    inside = f'<value mediaType="image/png" representation="B64">{b64encode(data).decode()}</value>'
    return f'<entry><observationMedia ID="{identifier}">{inside}</observationMedia></entry>'


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()
