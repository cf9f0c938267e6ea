from datetime import UTC, date, datetime

import pytest

from medkarta.hl7 import cda
from medkarta.hl7.issues import Unreadable
from medkarta.hl7.tests.samples import files, needs_samples
from medkarta.hl7.values import HumanName

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:identity="urn:hl7-ru:identity">
  <templateId root="1.2.643.5.1.13.13.15.13.7"/>
  <id root="1.2.3.100.1.1.51" extension="77"/>
  <code code="290" codeSystem="1.2.643.5.1.13.13.11.1520" displayName="Протокол консультации">
    <translation code="13" codeSystem="1.2.643.5.1.13.13.99.2.1079"/>
  </code>
  <title>Протокол   консультации</title>
  <effectiveTime value="202608181530+0300"/>
  <confidentialityCode code="R" codeSystem="1.2.643.5.1.13.13.99.2.285"/>
  <setId root="1.2.3.100.1.1.50" extension="7"/><versionNumber value="2"/>
  <recordTarget><patientRole>
    <id root="1.2.3.100.1.1.10" extension="5"/>
    <id root="1.2.643.100.3" extension="900-000-001 82"/>
    <id nullFlavor="NI"/>
    <identity:InsurancePolicy>
      <identity:Number>5055110832001010</identity:Number>
    </identity:InsurancePolicy>
    <patient>
      <name><family>Тестова</family><given>Вера</given><identity:Patronymic>Игоревна</identity:Patronymic></name>
      <administrativeGenderCode code="2"/><birthTime value="19880417"/>
    </patient>
    <providerOrganization><id root="1.2.643.5.1.13.13.12.2.50.1"/><name>Поликлиника</name></providerOrganization>
  </patientRole></recordTarget>
  <author><assignedAuthor><code displayName="врач-терапевт"/>
    <assignedPerson><name><family>Врачов</family><given>Олег</given><given>Ильич</given></name></assignedPerson>
  </assignedAuthor></author>
  <componentOf><encompassingEncounter><id root="1.2.3.100.1.1.15" extension="9"/></encompassingEncounter></componentOf>
  <component><nonXMLBody><text mediaType="application/pdf" representation="B64"/></nonXMLBody></component>
</ClinicalDocument>"""


def test_read_header_reads_what_a_document_says_of_itself():
    header = cda.read_header(DOCUMENT.encode())

    assert header.id == ("1.2.3.100.1.1.51", "77")
    assert (header.set_id, header.version) == (("1.2.3.100.1.1.50", "7"), 2)
    assert [each.code for each in header.codes] == ["290", "13"]
    assert header.title == "Протокол консультации"
    assert header.effective.at == datetime(2026, 8, 18, 12, 30, tzinfo=UTC)
    assert header.is_restricted
    assert header.patient == cda.Patient(
        (("1.2.3.100.1.1.10", "5"), ("1.2.643.100.3", "900-000-001 82")),
        "90000000182",
        "5055110832001010",
        HumanName("Тестова", "Вера", "Игоревна", "Тестова Вера Игоревна"),
        "2",
        date(1988, 4, 17),
    )
    assert header.provider == cda.Organization("1.2.643.5.1.13.13.12.2.50.1", "Поликлиника")
    assert header.author == HumanName("Врачов", "Олег", "Ильич", "Врачов Олег Ильич")
    assert (header.author_position, header.encounter[1]) == ("врач-терапевт", "9")
    assert header.content_type == "application/pdf"


def test_read_header_of_an_empty_document_is_empty():
    header = cda.read_header(b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>')

    assert (header.id, header.version, header.codes, header.effective) == (("", ""), 1, (), None)
    assert header.patient == cda.Patient((), "", "", HumanName("", "", "", ""), "", None)
    assert not header.is_restricted


@pytest.mark.parametrize(
    ("text", "on", "precision"),
    [
        ("2018", date(2018, 1, 1), "year"),
        ("201812", date(2018, 12, 1), "month"),
        ("20181220", date(2018, 12, 20), "day"),
        ("201812202330+0000", date(2018, 12, 21), "second"),
        ("20181220233015.123-0500", date(2018, 12, 21), "second"),
        ("201812202330", date(2018, 12, 20), "second"),
    ],
)
def test_moment_reads_every_precision(text, on, precision):
    found = cda.moment(text)

    assert (found.on, found.precision) == (on, precision)


@pytest.mark.parametrize("text", ["", "20180231", "x", "201812202530+0300", "00010101", "0001", "99991231235959-1200"])
def test_moment_of_nothing_possible_is_none(text):
    assert cda.moment(text) is None


@pytest.mark.parametrize("data", [b"<a/>", b"{}", b'<!DOCTYPE a><ClinicalDocument xmlns="urn:hl7-org:v3"/>'])
def test_read_header_refuses_what_is_no_cda(data):
    with pytest.raises(Unreadable):
        cda.read_header(data)


@needs_samples
@pytest.mark.parametrize("path", files("semd-xml") + files("ccda"), ids=lambda path: path.name)
def test_read_header_reads_documents_of_others(path):
    if path.name == "fragment_linkHtml.xml":  # published without its namespace declarations
        with pytest.raises(Unreadable):
            cda.read_header(path.read_bytes())
        return

    header = cda.read_header(path.read_bytes())

    assert header.id[0]
    assert header.patient.name.family
    assert header.effective
