"""FHIR R4 DocumentReference and Binary, and CDA documents -> documents and their files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from medkarta.core.intake import Incoming
from medkarta.core.scopes import SystemScope
from medkarta.core.text import folded
from medkarta.documents import actions, cda_intake, cda_references, signature_intake
from medkarta.documents.models import MedicalDocument
from medkarta.hl7 import systems, values
from medkarta.hl7.references import contained, reference_uuid, target_of
from medkarta.terminology import queries as terminology

TYPES: tuple[str, ...] = ("Binary", "DocumentReference", "ClinicalDocument", "Provenance")

_NOT_FINAL = frozenset({"preliminary"})
_NAME, _TITLE = 255, 500


def store(scope: SystemScope, incoming: Sequence[Incoming]) -> Mapping[UUID, str]:
    """Store documents with their files, and bytes that came apart; return reasons for what was refused."""
    refused = _keep_binaries(scope, [each for each in incoming if each.type == "Binary"])
    refused |= cda_intake.store_alone(scope, [each for each in incoming if each.type == "ClinicalDocument"])
    references = [each for each in incoming if each.type == "DocumentReference"]
    refused |= {each.id: _("Не указан пациент") for each in references if not each.patient_id}
    refused |= _keep_documents(scope, [each for each in references if each.patient_id])
    signature_intake.take(scope, [each for each in incoming if each.id not in refused])
    return refused


def _keep_binaries(scope: SystemScope, incoming: Sequence[Incoming]) -> dict[UUID, str]:
    waited = cda_references.waited_of(scope, incoming)
    refused = dict(waited.refused)
    refused |= actions.keep_binaries(scope, [each for each in incoming if each.id not in refused])
    arrived = cda_references.late_of(scope, [id_ for id_ in waited.ids if id_ not in refused])
    if arrived:
        cda_intake.finish(scope, arrived)
    return refused


def _keep_documents(scope: SystemScope, incoming: Sequence[Incoming]) -> dict[UUID, str]:
    if not incoming:
        return {}
    files = cda_references.files_of(scope, incoming)
    refused = dict(files.refused)
    refused |= actions.keep_files(scope, [_files(each) for each in incoming if each.id not in refused])
    kinds = terminology.document_kinds()
    arrived = [
        cda_references.arrived(_document(each, kinds), files.of_document.get(each.id, ()))
        for each in incoming
        if each.id not in refused
    ]
    cda_intake.finish(scope, arrived)
    return refused


def _files(incoming: Incoming) -> actions.Files:
    assert incoming.patient_id is not None
    return actions.Files(incoming.id, incoming.patient_id, tuple(_attachments(incoming.resource)))


def _attachments(resource: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    for content in resource.get("content", ()):
        if attachment := content.get("attachment"):
            format_ = content.get("format") or {}
            yield attachment, format_.get("display") or format_.get("code", "")


def _document(incoming: Incoming, kinds: terminology.DocumentKinds) -> MedicalDocument:
    resource = incoming.resource
    kind = _kind(resource)
    known = kinds.find((each.system, each.code) for each in values.codings(resource.get("type")))
    kind_name = known.name if known else kind.display
    title = _title(resource, kind_name)
    author = _Participant(resource, resource.get("author", ()))
    signer = _Participant(resource, [resource.get("authenticator")])
    assert incoming.patient_id is not None
    keeper = resource.get("custodian") or author.organization or {}
    return MedicalDocument(
        id=incoming.id,
        patient_id=incoming.patient_id,
        is_restricted=incoming.is_restricted or values.is_restricted(resource),
        is_withdrawn=incoming.is_withdrawn or resource.get("docStatus") == "entered-in-error",
        title=title[:_TITLE],
        words=folded(f"{title} {kind_name}"),
        kind_code=kind.code[:64],
        kind_system=kind.system[:_NAME],
        kind_name=kind_name[:_TITLE],
        kind_type=known.type if known else "",
        status="superseded" if resource.get("status") == "superseded" else "current",
        is_preliminary=resource.get("docStatus") in _NOT_FINAL,
        dated_at=_dated(resource),
        received_at=incoming.received_at,
        facility_id=reference_uuid(keeper, "Organization"),
        facility_name=_display(resource, keeper)[:_NAME],
        practitioner_id=author.practitioner_id,
        practitioner_role_id=author.role_id,
        practitioner_name=author.name[:_NAME],
        signer_id=signer.practitioner_id,
        signer_name=signer.name[:_NAME],
        number=str((resource.get("masterIdentifier") or {}).get("value", ""))[:_NAME],
        replaces_id=_replaced(resource),
        is_told_apart=cda_references.is_told_apart(resource),
    )


def _kind(resource: Mapping[str, Any]) -> values.Coding:
    """Return the kind: a code of the Russian dictionary before any other, named as people read it."""
    found = values.codings(resource.get("type"))
    found.sort(key=lambda each: each.system != systems.DOCUMENT_KIND)
    name = values.text_of(resource.get("type")) or values.text_of(next(iter(resource.get("category", ())), None))
    if not found:
        return values.Coding("", "", name)
    return values.Coding(found[0].system, found[0].code, found[0].display or name)


def _title(resource: Mapping[str, Any], kind_name: str) -> str:
    contents = resource.get("content", ())
    titles = [(content.get("attachment") or {}).get("title", "") for content in contents]
    return next((" ".join(text.split()) for text in (resource.get("description"), *titles, kind_name) if text), "")


def _dated(resource: Mapping[str, Any]) -> Any:
    """Return when the document was made: its file, else the reference to it, else what it tells of."""
    contents = resource.get("content", ())
    times = [(content.get("attachment") or {}).get("creation") for content in contents]
    told = ((resource.get("context") or {}).get("period") or {}).get("start")
    return next((at for text in (*times, resource.get("date"), told) if (at := values.instant(text))), None)


def _replaced(resource: Mapping[str, Any]) -> UUID | None:
    for related in resource.get("relatesTo", ()):
        if related.get("code") == "replaces":
            return reference_uuid(related.get("target"), "DocumentReference")
    return None


class _Participant:
    """The doctor among some references, and the organisation that stands there with him or in his place."""

    def __init__(self, resource: Mapping[str, Any], references: Sequence[Mapping[str, Any] | None]) -> None:
        self.practitioner_id: UUID | None = None
        self.role_id: UUID | None = None
        self.name = ""
        self.organization: Mapping[str, Any] | None = None
        for reference in references:
            if reference and not self._take_organization(reference):
                self.practitioner_id = self.practitioner_id or reference_uuid(reference, "Practitioner")
                self.role_id = self.role_id or reference_uuid(reference, "PractitionerRole")
                self.name = self.name or _display(resource, reference)

    def _take_organization(self, reference: Mapping[str, Any]) -> bool:
        target = target_of(reference)
        is_one = target is not None and target.type == "Organization"
        if is_one and self.organization is None:
            self.organization = reference
        return is_one


def _display(resource: Mapping[str, Any], reference: Mapping[str, Any] | None) -> str:
    inside = contained(resource, reference)
    name = "" if inside is None else inside.get("name", "") if isinstance(inside.get("name"), str) else ""
    return (reference or {}).get("display") or name or (values.human_name(inside).full if inside else "")
