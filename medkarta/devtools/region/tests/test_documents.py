from base64 import b64decode
from hashlib import sha1

import pytest
from lxml import etree

from medkarta.devtools.region import pdf
from medkarta.hl7.cda import read_header

HL7 = {"v3": "urn:hl7-org:v3", "identity": "urn:hl7-ru:identity"}


def parts(loaded):
    binaries = {one["id"]: one for one in loaded.by_type["Binary"]}
    for document in loaded.by_type["DocumentReference"]:
        for content in document["content"]:
            rid = content["attachment"]["url"].removeprefix("Binary/")
            yield document, content["attachment"], b64decode(binaries[rid]["data"])


def test_documents_point_at_bytes_of_the_size_and_hash_they_tell(loaded):
    found = list(parts(loaded))

    assert len(found) > 500
    for _, attachment, data in found:
        assert attachment["size"] == len(data)
        assert b64decode(attachment["hash"]) == sha1(data).digest()


def test_cda_documents_name_the_patient_and_the_kind_of_their_reference(loaded):
    kinds = set()
    for document, attachment, data in parts(loaded):
        if attachment["contentType"] != "application/xml":
            continue
        root = etree.fromstring(data)
        person = loaded.patient_of(document)
        assert root.tag == "{urn:hl7-org:v3}ClinicalDocument"
        code = root.find("v3:code", HL7).get("code")
        assert code == document["type"]["coding"][0]["code"]
        kinds.add(code)
        role = root.find("v3:recordTarget/v3:patientRole", HL7)
        assert role.findall("v3:id", HL7)[1].get("extension") == person["identifier"][0]["value"]
        assert role.find("v3:patient/v3:name/v3:family", HL7).text == person["name"][0]["family"]
        assert all(text.getchildren() for text in root.iterfind(".//v3:section/v3:text", HL7))
    assert {"290", "233", "235", "228", "186"} <= kinds


def test_cda_documents_are_read_as_a_hospital_s(loaded):
    for document, attachment, data in list(parts(loaded))[::10]:
        if attachment["contentType"] != "application/xml":
            continue
        header, person = read_header(data), loaded.patient_of(document)
        assert header.patient.snils == person["identifier"][0]["value"]
        assert header.patient.born_on.isoformat() == person["birthDate"]
        assert {"1": "male", "2": "female"}[header.patient.sex] == person["gender"]
        assert header.author_position
        assert header.custodian.name
        assert header.is_restricted == ("securityLabel" in document)
        assert header.id[1] == document["masterIdentifier"]["value"]
        assert header.encounter[1] == document["context"]["encounter"][0]["reference"].removeprefix("Encounter/")


def test_laboratory_documents_repeat_the_values_of_the_report(loaded):
    values = {one["id"]: one for one in loaded.by_type["Observation"]}
    checked = 0
    for document, _, data in parts(loaded):
        if document["type"]["coding"][0]["code"] != "186":
            continue
        report = document["id"].removesuffix("-doc")
        told = {
            one.find("v3:code", HL7).get("code"): one.find("v3:value", HL7).get("value")
            for one in etree.fromstring(data).iterfind(".//v3:observation", HL7)
        }
        mine = [one for rid, one in values.items() if rid.rpartition("-")[0] == report and "valueQuantity" in one]
        assert told == {one["code"]["coding"][0]["code"]: str(one["valueQuantity"]["value"]) for one in mine}
        checked += 1
    assert checked > 5


def test_page_is_a_pdf_whose_table_points_at_its_objects():
    data = pdf.page(["Spravka (kopiya)", "2026"])

    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    assert data.startswith(b"%PDF-1.4")
    assert data[start:].startswith(b"xref")
    places = [int(line.split()[0]) for line in data[start:].split(b"\n")[3:8]]
    assert [data[place:].split(b" ")[0] for place in places] == [b"1", b"2", b"3", b"4", b"5"]
    assert rb"(Spravka \(kopiya\)) Tj" in data


def test_page_refuses_letters_that_its_font_lacks():
    with pytest.raises(UnicodeEncodeError):
        pdf.page(["Справка"])


def test_latin_writes_russian_in_latin_letters():
    assert pdf.latin("Ещё № 3: «Щука», подъезд") == 'Eshchyo No 3: "Shchuka", podezd'
