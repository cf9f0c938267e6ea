"""FHIR R4 Provenance -> signatures of the documents that it is about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.documents import signatures
from medkarta.hl7 import values
from medkarta.hl7.references import reference_uuid

_FORMATS = frozenset({"", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/cms"})
_MOST = 50


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> None:
    """Keep the CMS signatures of these resources; of any other Provenance nothing is shown."""
    for at in {each.received_at for each in incoming}:
        group = [each for each in incoming if each.received_at == at]
        found = [one for each in group if not each.is_withdrawn for one in _signatures(each)]
        signatures.keep_loose(scope, found, origins=[each.id for each in group], now=at)


def _signatures(incoming: Incoming) -> Iterator[signatures.Loose]:
    resource = incoming.resource
    documents = [reference_uuid(each, "DocumentReference") for each in resource.get("target", ())]
    for element in resource.get("signature", ())[:_MOST]:
        data = values.decoded(element.get("data"))
        if not data or str(element.get("sigFormat", "")).partition(";")[0].strip().lower() not in _FORMATS:
            continue
        code, name = _role(element)
        for document_id in filter(None, documents):
            yield signatures.Loose(document_id, incoming.id, data, code, name)


def _role(element: Mapping[str, Any]) -> tuple[str, str]:
    """Return the code and the words of the first role that the sender gave the signer."""
    for coding in element.get("type", ()):
        return str(coding.get("code", "")), str(coding.get("display", ""))
    return "", ""
