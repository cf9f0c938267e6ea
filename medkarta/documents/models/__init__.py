"""Tables of the room. Split by what they are about; everybody in the room imports from here."""

from medkarta.documents.models.documents import MedicalDocument
from medkarta.documents.models.files import DocumentContent, StoredBinary
from medkarta.documents.models.orders import CertificateOrder
from medkarta.documents.models.readings import DocumentReading
from medkarta.documents.models.signatures import DocumentSignature

__all__ = [
    "CertificateOrder",
    "DocumentContent",
    "DocumentReading",
    "DocumentSignature",
    "MedicalDocument",
    "StoredBinary",
]
