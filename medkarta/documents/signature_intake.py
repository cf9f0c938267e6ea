"""Signatures among what a hospital sends: files of a document, Provenance.signature, files beside a CDA document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from medkarta.core.ids import NAMESPACE
from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.documents import signatures
from medkarta.hl7 import values
from medkarta.hl7.references import reference_uuid

_DOCUMENTS = frozenset({"DocumentReference", "ClinicalDocument"})
_FORMATS = frozenset({"", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/cms"})
_MOST = 50


def take(scope: SystemScope, incoming: Sequence[Incoming]) -> None:
    """Keep the signatures that these resources bring, and queue the check of those whose document they change.

    Of a Provenance without a CMS signature nothing is shown.
    """
    for at in sorted({each.received_at for each in incoming}):
        group = [each for each in incoming if each.received_at == at]
        apart = [each for each in group if _brings_apart(each)]
        if apart:
            found = [one for each in apart if not each.is_withdrawn for one in _brought(each)]
            signatures.keep_loose(scope, found, origins=[_origin(each) for each in apart], now=at)
        signatures.note_files(scope, [each.id for each in group if each.type in _DOCUMENTS], now=at)
        signatures.note_binaries(scope, [each.id for each in group if each.type == "Binary"], now=at)


def _brings_apart(incoming: Incoming) -> bool:
    """Tell whether a resource says all of what it brings: a CDA that comes without signatures takes none back."""
    return incoming.type == "Provenance" or bool(incoming.resource.get("signatures"))


def _brought(incoming: Incoming) -> Iterator[signatures.Loose]:
    if incoming.type == "Provenance":
        yield from _signatures(incoming)
    else:
        for data in incoming.resource.get("signatures", ()):
            yield signatures.Loose(incoming.id, _origin(incoming), data)


def _origin(incoming: Incoming) -> UUID:
    """Return what stands for the bringer: files beside a document are not files of the document."""
    return incoming.id if incoming.type == "Provenance" else uuid5(NAMESPACE, f"{incoming.id}|beside")


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
