import base64
import hashlib
import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from medkarta.audit.models import AuditEvent
from medkarta.core.scopes import SystemScope
from medkarta.devtools.demo_login import NoSuchPatient, _find
from medkarta.documents.models import DocumentContent, DocumentReading, MedicalDocument
from medkarta.documents.tests.cda_samples import BODY, ROOT, cda
from medkarta.gateway import bulk
from medkarta.gateway.outcomes import Outcome
from medkarta.gateway.tests.factories import NOW, bundle, entry, fates, organization, patient, send
from medkarta.hl7.systems import FRMO, SNILS
from medkarta.hl7.tests.samples import SAMPLES, needs_samples
from medkarta.integrations.storage.port import storage
from medkarta.patients.models import MatchCase, Patient
from medkarta.patients.tests.factories import PersonFactory, scope_of
from medkarta.resources.models import ResourceVersion, StoredResource

pytestmark = pytest.mark.django_db
ANNA = "90000000182"
PERSON, FILE = "urn:uuid:6f0c7e6c-5a0e-4d2b-9a39-6a0f6c1f7f3e", "urn:uuid:6f0c7e6c-5a0e-4d2b-9a39-6a0f6c1f7f3f"
BOM = b"\xef\xbb\xbf"


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    (tmp_path / "data").mkdir()
    settings.DATA_DIR = tmp_path / "data"
    storage.cache_clear()
    yield
    storage.cache_clear()


@pytest.fixture
def take(tmp_path):
    """Import documents as files of one folder, in their order."""
    place = iter(range(100))

    def taken(*documents: bytes, source: str = "mis") -> list[Outcome]:
        folder = tmp_path / f"in{next(place)}"
        folder.mkdir()
        for number, data in enumerate(documents):
            (folder / f"{number:03d}.xml").write_bytes(data)
        return list(bulk.load(SystemScope.of(source), [folder], jobs=1, now=NOW))

    return taken


def reasons(outcomes: list[Outcome]) -> str:
    return "\n".join(str(reason) for outcome in outcomes for reason in outcome.reasons)


def bytes_of(document: MedicalDocument) -> bytes:
    content = DocumentContent.objects.get(owner_id=document.pk)
    with storage().open(content.storage_key) as file:
        return file.read()


def test_document_is_stored_with_what_its_header_says(take):
    data = cda("77", snils=ANNA, set_number="s1")

    outcomes = take(data)

    found = MedicalDocument.objects.get()
    assert [(one.type, one.fate.value) for one in outcomes] == [("ClinicalDocument", "created")]
    assert (found.title, found.kind_name, found.kind_code, found.kind_type) == (
        "Протокол консультации", "Протокол консультации", "290", "5",
    )  # fmt: skip
    assert (found.facility_name, found.practitioner_name, found.practitioner_post) == (
        "Поликлиника № 3", "Петрова Елена", "Терапевт",
    )  # fmt: skip
    assert (found.number, found.version, found.language, found.is_restricted) == ("77", 1, "ru-RU", False)
    assert found.dated_at.isoformat() == "2026-11-12T07:30:00+00:00"
    assert "Боль в горле" in DocumentReading.objects.get().text
    assert DocumentContent.objects.get().sha256 == hashlib.sha256(data).hexdigest()
    event = AuditEvent.objects.get(action="gateway.receive")
    assert event.details["changed"]["ClinicalDocument"] == 1


@pytest.mark.parametrize(
    "data",
    [
        cda(),
        BOM + cda(),
        cda(encoding="windows-1251"),
        cda(encoding="utf-16"),
        cda().replace(b"utf-8", b"windows-1251") + b"\r\n\r\n",
        cda(title="Протокол").decode().encode("cp1251"),  # says that it is UTF-8
        cda(head="<?xml-stylesheet type='text/xsl' href='http://evil.invalid/x.xsl'?><!-- издатель -->"),
    ],
    ids=["plain", "BOM", "windows-1251", "UTF-16", "named wrongly", "of another encoding", "stylesheet"],
)
def test_document_goes_out_byte_for_byte_as_it_came(take, data):
    assert fates(take(data)) == ["created"]

    assert bytes_of(MedicalDocument.objects.get()) == data


def test_second_import_changes_nothing(take):
    documents = [cda("1"), cda("2", snils=ANNA), cda("3", patient="p2", born="19900101")]
    take(*documents)
    before = list(MedicalDocument.objects.order_by("pk").values())

    assert fates(take(*documents)) == ["unchanged"] * 3
    assert list(MedicalDocument.objects.order_by("pk").values()) == before
    assert StoredResource.objects.filter(type="Patient").count() == 2
    assert not ResourceVersion.objects.exists()


def test_same_document_with_other_content_replaces_it_and_the_former_is_kept(take):
    take(cda(body=BODY.format("Старое")))

    assert fates(take(cda(body=BODY.format("Новое")))) == ["updated"]
    assert "Новое" in DocumentReading.objects.get().text
    assert MedicalDocument.objects.count() == 1
    assert ResourceVersion.objects.count() == 1


def test_documents_of_several_patients_under_one_number_stand_side_by_side(take):
    take(cda("TT988"), cda("TT988", patient="p2", name=("Другая", "Мария")), cda("TT988", at="20260101"))

    assert MedicalDocument.objects.filter(number="TT988", status="current").count() == 3
    assert Patient.objects.count() == 2


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_newest_version_replaces_the_others_in_whatever_order_they_come(take, order):
    for version in order:
        take(cda(f"d{version}", set_number="s", version=version))

    found = {one.number: one for one in MedicalDocument.objects.all()}
    assert {number: one.status for number, one in found.items()} == {
        "d1": "superseded", "d2": "superseded", "d3": "current",
    }  # fmt: skip
    assert (found["d3"].replaces_id, found["d2"].replaces_id, found["d1"].replaces_id) == (
        found["d2"].pk, found["d1"].pk, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        cda("b", set_number="s", version=1),
        cda("b", set_number="other", version=2),
        cda("b", set_number="s", version=2, patient="p2", name=("Другая", "Мария")),
        cda("b", version=2),
    ],
    ids=["same version", "another set", "another patient", "no set"],
)
def test_version_replaces_only_a_lower_one_of_its_set_and_patient(take, other):
    take(cda("a", set_number="s"), other)

    assert set(MedicalDocument.objects.values_list("status", "replaces_id")) == {("current", None)}


@pytest.mark.parametrize(("level", "is_restricted"), [("N", False), ("R", True), ("V", True)])
def test_confidential_document_is_restricted(take, level, is_restricted):
    take(cda(level=level))

    assert MedicalDocument.objects.get().is_restricted is is_restricted


def test_document_is_linked_to_the_person_of_its_snils(take):
    person = PersonFactory(snils=ANNA, birth_date="1988-04-17", family_name="Пробная", given_name="Анна")

    take(cda(snils="900-000-001 82"))

    assert Patient.objects.get().person == person
    assert MedicalDocument.objects.for_scope(scope_of(Patient.objects.get())).exists()


def test_document_of_another_birth_date_than_the_person_of_its_snils_waits_for_a_human_being(take):
    PersonFactory(snils=ANNA, birth_date="1977-01-01")

    take(cda(snils=ANNA))

    assert Patient.objects.get().link == "doubtful"
    assert MatchCase.objects.count() == 1


def test_wrong_snils_links_nobody(take):
    PersonFactory(snils="90000000183")

    take(cda(snils="90000000183"))

    assert (Patient.objects.get().link, Patient.objects.get().snils) == ("unlinked", "")


def test_document_without_numbers_goes_to_the_fhir_patient_of_its_clinic_s_number(take):
    send(patient("p1", identifier=[{"system": f"urn:oid:{ROOT}.10", "value": "p1"}], birthDate="1988-04-17"))

    take(cda())

    assert MedicalDocument.objects.get().patient_id == Patient.objects.get().pk


def test_document_leaves_a_fhir_patient_alone_who_was_born_on_another_day(take):
    send(patient("p1", identifier=[{"system": f"urn:oid:{ROOT}.10", "value": "p1"}], birthDate="1950-01-01"))

    take(cda())

    assert Patient.objects.count() == 2
    assert str(MedicalDocument.objects.get().patient.birth_date) == "1988-04-17"


def test_document_names_the_clinic_of_its_oid(take):
    clinic = organization("g1", identifier=[{"system": FRMO, "value": "1.2.643.5.1.13.13.12.2.77.1"}])
    send(clinic)

    take(cda())

    assert MedicalDocument.objects.get().facility.name == "Поликлиника № 3"


@pytest.mark.parametrize("is_together", [True, False])
def test_two_human_beings_under_one_number_are_never_mixed(take, is_together):
    first, second = cda("1", snils=ANNA), cda("2", snils="90000000485")

    outcomes = take(first, second) if is_together else take(first) + take(second)

    assert fates(outcomes) == ["created", "rejected"]
    assert "другой человек" in reasons(outcomes)
    assert MedicalDocument.objects.count() == Patient.objects.count() == 1


def test_newer_document_tells_numbers_that_the_first_did_not(take):
    person = PersonFactory(snils=ANNA, birth_date="1988-04-17")
    take(cda("1", at="20260101"), cda("2", at="20260201"))

    take(cda("3", at="20260301", snils=ANNA), cda("4", at="20260401"))

    assert Patient.objects.get().person == person
    assert MedicalDocument.objects.filter(patient__person=person).count() == 4


def test_document_of_a_patient_without_number_and_date_is_known_by_his_name(take):
    take(cda("1", patient="", born=""), cda("2", patient="", born="", name=("Другая", "Мария")))

    assert Patient.objects.count() == 2


@pytest.mark.parametrize("asked", [f"{ROOT}.10^p1", "p1"])
def test_demo_login_finds_the_patient_of_a_document(take, asked):
    take(cda())

    assert _find(asked) == Patient.objects.get().pk
    with pytest.raises(NoSuchPatient):
        _find("p")


def test_documents_and_resources_of_one_folder_are_all_taken(tmp_path):
    import orjson

    (tmp_path / "1.xml").write_bytes(cda("1"))
    (tmp_path / "2.json").write_bytes(orjson.dumps(patient("x", identifier=[{"system": SNILS, "value": ANNA}])))
    (tmp_path / "3.xml").write_bytes(cda("3"))

    outcomes = list(bulk.load(SystemScope.of("mis"), [tmp_path], jobs=1, now=NOW))

    assert [one.type for one in outcomes] == ["ClinicalDocument", "Patient", "ClinicalDocument"]
    assert fates(outcomes) == ["created"] * 3


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
HOSTILE = {
    "XXE": (cda(head="<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", body=BODY.format("&e;")), "DOCTYPE"),
    "entity bomb": (cda(head=BOMB, body=BODY.format("&b;")), "DOCTYPE"),
    "undeclared entity": (cda(body=BODY.format("&nope;")), "не XML"),
    "truncated": (cda()[:-40], "не XML"),
    "no patient at all": (cda(patient="", name=("", ""), born=""), "не указан пациент"),
    "deep nesting": (cda(body=BODY.format("<content>" * 5000 + "</content>" * 5000)), "больше допустимого"),
    "garbage in UTF-8": (cda().replace("Боль".encode(), b"\xff\xfe\xfd\xfc"), "Кодировка"),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_document_is_refused_with_its_reason_and_leaves_nothing(take, name):
    data, expected = HOSTILE[name]

    outcomes = take(data, cda("good", patient="good"))

    assert fates(outcomes) == ["rejected", "created"]
    assert expected in reasons(outcomes)
    assert reasons(outcomes).startswith("in0/000.xml")
    assert (MedicalDocument.objects.count(), Patient.objects.count(), StoredResource.objects.count()) == (1, 1, 2)


def test_xinclude_brings_nothing_in(take):
    included = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>"

    assert fates(take(cda(body=BODY.format(f"Боль {included}")))) == ["created"]

    assert "root:" not in DocumentReading.objects.get().text


def test_import_counts_documents_in_its_table(tmp_path):
    (tmp_path / "1.xml").write_bytes(cda())
    out = io.StringIO()

    call_command("import", str(tmp_path / "1.xml"), stdout=out)

    assert out.getvalue().splitlines()[1].split() == ["ClinicalDocument", "1", "0", "0", "0", "0", "0"]


@needs_samples
def test_samples_of_other_publishers_are_taken_all_but_the_fragment():
    folders = [SAMPLES / "ccda", SAMPLES / "semd-xml"]
    files = [path for folder in folders for path in sorted(folder.glob("*.xml"))]

    outcomes = list(bulk.load(SystemScope.of("samples"), folders, jobs=1, now=NOW))

    assert fates(outcomes).count("created") == len(files) - 1
    assert reasons(outcomes).startswith("ccda/fragment_linkHtml.xml: Это не XML")
    kept = set(DocumentContent.objects.filter(position=1).values_list("sha256", flat=True))
    sent = {hashlib.sha256(path.read_bytes()).hexdigest() for path in files if "fragment" not in path.name}
    assert kept == sent
    assert set(Patient.objects.values_list("link", flat=True)) == {"unlinked"}
    assert set(MedicalDocument.objects.values_list("status", flat=True)) == {"current"}
    again = list(bulk.load(SystemScope.of("samples"), folders, jobs=1, now=NOW))
    assert set(fates(again)) == {"unchanged", "rejected"}


def test_patient_whose_name_is_one_text_is_taken(take):
    whole = "<family>Пробная</family><given>Анна</given>".encode()

    assert fates(take(cda().replace(whole, "Пробная Анна".encode(), 1))) == ["created"]
    assert StoredResource.objects.get(type="Patient").canonical.count("Пробная Анна") == 1


def test_import_says_in_one_line_that_the_storage_is_away(tmp_path, settings):
    (tmp_path / "1.xml").write_bytes(cda())
    (tmp_path / "data" / "files").write_bytes(b"no folder")

    with pytest.raises(CommandError, match="stopped after 0 resources"):
        call_command("import", str(tmp_path / "1.xml"), stdout=io.StringIO())
    assert not MedicalDocument.objects.exists()


def test_documents_in_an_archive_are_taken(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a/1.xml", cda("1"))
        archive.writestr("a/2.xml", BOM + cda("2"))

    outcomes = list(bulk.load(SystemScope.of("mis"), [tmp_path / "all.zip"], jobs=1, now=NOW))

    assert fates(outcomes) == ["created", "created"]
    assert bytes_of(MedicalDocument.objects.get(number="2")) == BOM + cda("2")


@pytest.mark.parametrize(("snils", "expected"), [(ANNA, "created"), ("90000000485", "rejected")])
def test_transaction_with_a_document_of_another_patient_is_refused_whole(snils, expected):
    data = base64.b64encode(cda(snils=snils)).decode()
    file = {"resourceType": "Binary", "contentType": "application/xml", "data": data}
    reference = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": PERSON},
        "content": [{"attachment": {"contentType": "application/xml", "url": FILE}}],
    }
    person = patient(None, identifier=[{"system": SNILS, "value": ANNA}], birthDate="1988-04-17")

    outcomes = send(
        bundle(
            entry(person, full_url=PERSON),
            entry(file, full_url=FILE),
            entry(reference),
        )
    )

    assert fates(outcomes) == [expected] * 3
    assert MedicalDocument.objects.count() == Patient.objects.count() == (expected == "created")
    assert ("СНИЛС не совпадает" in reasons(outcomes)) is (expected == "rejected")
