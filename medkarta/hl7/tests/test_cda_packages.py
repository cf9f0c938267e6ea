import os

import pytest
from lxml import etree

from medkarta.hl7 import cda
from medkarta.hl7.cda import packages, schematron
from medkarta.hl7.cda.packages import Finding
from medkarta.hl7.tests.cda_documents import document, fixture
from medkarta.hl7.tests.samples import SAMPLES, files, needs_samples

needs_saxon = pytest.mark.skipif(not schematron.is_available(), reason="the optional saxonche is not installed")

SCHEMA = """<xs:schema targetNamespace="urn:hl7-org:v3" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  elementFormDefault="qualified"><xs:include schemaLocation="parts.xsd"/></xs:schema>"""
PARTS = """<xs:schema targetNamespace="urn:hl7-org:v3" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  elementFormDefault="qualified"><xs:element name="ClinicalDocument"><xs:complexType><xs:sequence>
    <xs:element name="templateId"><xs:complexType><xs:attribute name="root" use="required"/></xs:complexType>
    </xs:element>
    <xs:element name="title"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[а-я]+"/>
    </xs:restriction></xs:simpleType></xs:element>
  </xs:sequence></xs:complexType></xs:element></xs:schema>"""
RULES = """<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2"><pattern>
  <rule context="ClinicalDocument"><assert test="matches(title, '^[а-я]+$')">У1-1. Нужен title.</assert></rule>
  </pattern></schema>"""
STYLESHEET = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:n="urn:hl7-org:v3">
  <xsl:output method="html"/><xsl:template match="/"><html><body>{body}</body></html></xsl:template></xsl:stylesheet>"""
TEMPLATE = '<templateId root="1.2.643.5.1.13.13.15.13.7"/>'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "1.2.643.5.1.13.13.15.13.7").mkdir()
    return tmp_path


def install(folder, **written):
    inside = folder / "1.2.643.5.1.13.13.15.13.7"
    for name, content in written.items():
        stem, _, suffix = name.partition("_")
        (inside / f"{stem}.{suffix}").write_text(content)
    return inside


def printed(folder, body, data=document("<title>Осмотр</title>", TEMPLATE)):
    install(folder, view_xsl=STYLESHEET.format(body=body))
    return packages.print_form(data, folder)


def test_check_without_a_package_says_nothing(tmp_path):
    assert packages.check(document(head=TEMPLATE), tmp_path) is None
    assert packages.check(document(head=TEMPLATE), tmp_path / "absent") is None
    assert packages.print_form(document(head=TEMPLATE), tmp_path) is None


def test_check_of_a_conforming_document_finds_nothing(folder):
    install(folder, CDA_xsd=SCHEMA, parts_xsd=PARTS)

    assert packages.check(document("<title>осмотр</title>", TEMPLATE), folder) == ()


def test_check_marks_what_does_not_conform_without_its_values(folder):
    install(folder, CDA_xsd=SCHEMA, parts_xsd=PARTS)

    found = packages.check(document("\n<title>Тестова Вера</title>", "<templateId/>" + TEMPLATE), folder)

    assert [(one.rules, one.line, one.element) for one in found] == [("xsd", 1, "templateId"), ("xsd", 1, "templateId")]
    pattern = packages.check(document("\n<title>Тестова Вера</title>", TEMPLATE), folder)
    assert pattern[0] == Finding("xsd", 2, "title", "значение не того вида")
    assert "Тестова" not in str(pattern)


def test_check_bounds_what_it_finds(folder):
    install(
        folder,
        CDA_xsd=SCHEMA.replace("parts.xsd", "many.xsd"),
        many_xsd=PARTS,
    )
    attributes = " ".join(f'b{number}="x"' for number in range(150))
    found = packages.check(document(f"<title {attributes}>осмотр</title>", TEMPLATE), folder)

    assert len(found) == packages.MAX_FINDINGS


def test_check_says_how_a_document_was_put_right(folder):
    install(folder, CDA_xsd=SCHEMA, parts_xsd=PARTS)
    data = '<?xml version="1.0" encoding="UTF-8"?>' + document("<title>осмотрпациента</title>", TEMPLATE).decode()

    (found,) = packages.check(data.encode("windows-1251"), folder)

    assert found.rules == "encoding"


def test_check_reads_a_changed_schema_anew(folder):
    inside = install(folder, CDA_xsd=SCHEMA, parts_xsd=PARTS)
    data = document("<title>осмотр1</title>", TEMPLATE)
    before = packages.check(data, folder)

    (inside / "parts.xsd").write_text(PARTS.replace("[а-я]+", "[а-я0-9]+"))
    os.utime(inside / "CDA.xsd", ns=(1, 1))

    assert len(before) > 0
    assert packages.check(data, folder) == ()


@pytest.mark.parametrize(
    "schema", ["<broken", "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:no/></xs:schema>"]
)
def test_check_with_a_broken_package_drops_nothing(folder, schema, caplog):
    install(folder, CDA_xsd=schema)

    assert packages.check(document(head=TEMPLATE), folder) is None
    assert "cannot be used" in caplog.text


@pytest.mark.parametrize(
    ("head", "key"),
    [
        (TEMPLATE, "1.2.643.5.1.13.13.15.13.7"),
        (TEMPLATE, "1.2.643.5.1.13.13.15.13"),
        ('<code code="290" codeSystem="1.2.643.5.1.13.13.11.1520"/>', "290"),
    ],
)
def test_find_takes_the_edition_then_the_family_then_the_kind(tmp_path, head, key):
    (tmp_path / f"{key}.sch").write_text(RULES)

    found = packages.find(cda.load(document(head=head)), tmp_path)

    assert found == packages.Package(None, tmp_path / f"{key}.sch", None)


@pytest.mark.parametrize(
    "head",
    [
        '<templateId root="../secret"/>',
        '<templateId root="/etc"/>',
        '<templateId root=""/>',
        '<templateId root="*"/>',
        '<code code="290" codeSystem="1.2.3"/>',
    ],
)
def test_find_never_leaves_the_folder(tmp_path, head):
    inside = tmp_path / "packages"
    inside.mkdir()
    for place in (tmp_path / "secret.sch", inside / "290.sch", inside / ".sch"):
        place.write_text(RULES)

    assert packages.find(cda.load(document(head=head)), inside) is None


def test_check_of_rules_alone_needs_the_optional_processor(folder):
    install(folder, rules_sch=RULES)

    found = packages.check(document("<title>осмотр</title>", TEMPLATE), folder)

    assert found == (() if schematron.is_available() else None)


def test_stylesheet_of_turns_rules_into_a_stylesheet(tmp_path):
    (tmp_path / "a.sch").write_text(RULES)

    made = etree.fromstring(schematron.stylesheet_of(tmp_path / "a.sch").encode())

    assert made.get("version") == "2.0"
    assert "У1-1. Нужен title." in "".join(made.itertext())


@needs_saxon
@pytest.mark.parametrize(("title", "failed"), [("осмотр", []), ("Осмотр", ["У1-1. Нужен title."])])
def test_failures_runs_rules_that_know_no_namespace(tmp_path, title, failed):
    (tmp_path / "a.sch").write_text(RULES)
    source = cda.load(document(f"<title>{title}</title>"))

    assert schematron.failures(source.root, tmp_path / "a.sch") == failed
    assert source.root.tag == "{urn:hl7-org:v3}ClinicalDocument"


@needs_saxon
def test_check_keeps_what_the_schema_finds_when_the_rules_are_broken(folder):
    install(folder, CDA_xsd=SCHEMA, parts_xsd=PARTS, rules_sch=RULES.replace("matches(title", "nonsense(((title"))

    assert packages.check(document("<title>осмотр</title>", TEMPLATE), folder) == ()


def test_print_form_writes_what_the_stylesheet_says(folder):
    html = printed(
        folder, '<h1><xsl:value-of select="//n:title"/></h1>', document("<title>&lt;b&gt;</title>", TEMPLATE)
    )

    assert "<h1>&lt;b&gt;</h1>" in html


@pytest.mark.parametrize(
    "part",
    [
        "<script>alert(1)</script>",
        '<iframe src="http://127.0.0.1:9/"></iframe>',
        '<link rel="stylesheet" href="http://127.0.0.1:9/a.css"/>',
        '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/"/>',
        "<style>@import 'http://127.0.0.1:9/a.css';</style>",
        "<style>p {{ background: u\\72l(//127.0.0.1:9/a.png) }}</style>",
        '<form action="http://127.0.0.1:9/"><input/></form>',
        "<xsl:comment>a</xsl:comment>",
    ],
)
def test_print_form_leaves_out_what_could_run_or_fetch(folder, part):
    html = "".join(printed(folder, f"{part}до<p>и</p>{part}после").split())

    assert html == "<html><body>до<p>и</p>после</body></html>"


@pytest.mark.parametrize(
    ("attribute", "is_kept"),
    [
        ("onclick='x()'", False),
        ("href='javascript:alert(1)'", False),
        ("href='https://example.org/'", False),
        ("href='#part'", True),
        ("style='background: url(http://127.0.0.1:9/)'", False),
        ("style='color: red'", True),
        ("background='http://127.0.0.1:9/'", False),
        ("colspan='2'", True),
    ],
)
def test_print_form_leaves_out_attributes_that_could_run_or_fetch(folder, attribute, is_kept):
    name = attribute.partition("=")[0]

    assert (f"{name}=" in printed(folder, f"<a {attribute}>текст</a>")) is is_kept


def test_print_form_shows_only_pictures_of_its_own(folder):
    html = printed(folder, "<img src='http://127.0.0.1:9/a.png'/><img src='data:image/png;base64,AAAA'/>")

    assert html.count("src=") == 1
    assert "data:image/png;base64,AAAA" in html


def test_print_form_reads_no_other_file(folder, tmp_path, caplog):
    (tmp_path / "secret.xml").write_text("<a>тайна</a>")

    html = printed(folder, f"<xsl:value-of select=\"document('file://{tmp_path}/secret.xml')\"/>")

    assert html is None or "тайна" not in html


def test_print_form_that_is_a_script_is_empty(folder):
    install(folder, view_xsl=STYLESHEET.replace("html>", "script>").format(body="x"))

    assert packages.print_form(document(head=TEMPLATE), folder) == ""


def test_print_form_of_nothing_is_empty(folder):
    install(
        folder,
        view_xsl=STYLESHEET.replace('match="/"', 'match="no"').replace(
            "</xsl:stylesheet>", '<xsl:template match="/"/></xsl:stylesheet>'
        ),
    )

    assert packages.print_form(document(head=TEMPLATE), folder) == ""


def test_print_form_with_a_broken_stylesheet_says_nothing(folder, caplog):
    install(folder, view_xsl="<broken")

    assert packages.print_form(document(head=TEMPLATE), folder) is None
    assert "cannot be used" in caplog.text


@needs_samples
def test_check_with_official_schemas_marks_an_older_edition():
    (path,) = files("semd-xml")
    data = path.read_bytes().replace(
        b'<code code="7" codeSystem="1.2.643.5.1.13.13.99.2.195"',
        b'<code code="186" codeSystem="1.2.643.5.1.13.13.11.1520"',
    )

    found = packages.check(data, SAMPLES / "semd-schemas")

    assert sum(one.rules == "xsd" for one in found) > 20
    assert cda.read_document(data).sections


@needs_samples
def test_check_with_official_schemas_takes_the_kind_that_it_knows():
    assert packages.check(fixture("consultation_7.xml"), SAMPLES / "semd-schemas") is None
