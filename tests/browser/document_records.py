"""`python -m tests.browser.document_records FOLDER PERSON`: what of the folder was imported, in one person's record.

Runs in the environment of the portal under test. The imported patients are nobody's; they become PERSON (his СНИЛС), so
that one sign-in opens them all. Prints JSON: name of the file -> id of its document.
"""

import hashlib
import json
import sys
from pathlib import Path
from uuid import UUID

import django


def main(folder: Path, snils: str) -> None:
    django.setup()
    from django.utils import timezone

    from medkarta.documents.models import DocumentContent
    from medkarta.patients.actions import PersonFacts, link_for_demo
    from medkarta.patients.models import Patient

    facts = PersonFacts("Иванова", "Анна", "Сергеевна", None, "female", snils)
    for patient in Patient.objects.filter(source="samples"):
        link_for_demo(patient.pk, facts, now=timezone.now())
    owners: dict[str, UUID] = dict(DocumentContent.objects.values_list("storage_key", "owner_id"))
    found = {}
    for path in sorted(folder.rglob("*.*")):
        owner = owners.get(hashlib.sha256(path.read_bytes()).hexdigest())
        if owner:
            found[path.name] = str(owner)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
