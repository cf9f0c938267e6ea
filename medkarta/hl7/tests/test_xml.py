from decimal import Decimal

import pytest

from medkarta.hl7 import xml
from medkarta.hl7.canonical import dumps
from medkarta.hl7.issues import Unreadable
from medkarta.hl7.limits import Limits
from medkarta.hl7.reading import check
from medkarta.hl7.tests.factories import units_of

NS = 'xmlns="http://hl7.org/fhir"'


def read(text, limits=Limits()):
    return xml.to_json(xml.parse(text.encode(), limits), limits)


def refusals(text, limits=Limits()):
    with pytest.raises(Unreadable) as caught:
        read(text, limits)
    return [(issue.code, issue.path) for issue in caught.value.issues]


OBSERVATION = f"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="x.xsl"?>
<!-- a comment -->
<Observation {NS} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir x.xsd">
  <id value="o1"/>
  <text>
    <status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml"><p>Гемоглобин &lt; <b>нормы</b></p></div>
  </text>
  <contained><Patient><id value="p"/><active value="true"/></Patient></contained>
  <extension url="http://a.example/x"><valueDecimal value="1.50"/></extension>
  <status value="final"/>
  <category><text value="лаборатория"/></category>
  <code id="c"><text value="Гемоглобин"/></code>
  <effectiveDateTime value="2026-08-18">
    <extension url="http://a.example/y"><valueCode value="approx"/></extension>
  </effectiveDateTime>
  <valueQuantity><value value="134.0"/><unit value="г/л"/></valueQuantity>
  <referenceRange><low><value value="120"/></low></referenceRange>
</Observation>"""


def test_to_json_reads_every_kind_of_element():
    found = read(OBSERVATION)

    assert found == {
        "resourceType": "Observation",
        "id": "o1",
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Гемоглобин &lt; <b>нормы</b></p></div>',
        },
        "contained": [{"resourceType": "Patient", "id": "p", "active": True}],
        "extension": [{"url": "http://a.example/x", "valueDecimal": Decimal("1.50")}],
        "status": "final",
        "category": [{"text": "лаборатория"}],
        "code": {"id": "c", "text": "Гемоглобин"},
        "effectiveDateTime": "2026-08-18",
        "_effectiveDateTime": {"extension": [{"url": "http://a.example/y", "valueCode": "approx"}]},
        "valueQuantity": {"value": Decimal("134.0"), "unit": "г/л"},
        "referenceRange": [{"low": {"value": 120}}],
    }
    assert b'"value":134.0,' in dumps(found)


def test_check_accepts_what_was_read_from_xml():
    (unit,) = units_of(OBSERVATION.encode(), "x.xml")

    assert check(unit) == ()
    assert unit.entries[0].media_type == "application/fhir+xml"
    assert unit.entries[0].raw == OBSERVATION.encode()


def test_to_json_keeps_places_in_lists_of_primitives():
    given = '<given value="Вера"/><given><extension url="http://a.example/x"/></given><given id="g" value="Ия"/>'

    assert read(f"<Patient {NS}><name>{given}</name></Patient>")["name"] == [
        {"given": ["Вера", None, "Ия"], "_given": [None, {"extension": [{"url": "http://a.example/x"}]}, {"id": "g"}]}
    ]


def test_to_json_leaves_out_a_list_that_has_only_extensions():
    name = '<name><given><extension url="http://a.example/x"/></given></name>'

    assert read(f"<Patient {NS}>{name}</Patient>")["name"] == [
        {"_given": [{"extension": [{"url": "http://a.example/x"}]}]}
    ]


def test_parse_overlooks_space_before_the_declaration():
    assert read(f'\n <?xml version="1.0"?><Patient {NS}><id value="a"/></Patient>')["id"] == "a"


def test_to_json_reads_any_prefix():
    assert read('<f:Patient xmlns:f="http://hl7.org/fhir"><f:id value="a"/></f:Patient>') == {
        "resourceType": "Patient",
        "id": "a",
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<foo value="1"/>', [("structure", "Patient.foo")]),
        ('<name><family value="a"/><bar/></name>', [("structure", "Patient.name[0].bar")]),
        ('<gender value="male"/><gender value="male"/>', [("structure", "Patient.gender")]),
        ('<active value="true" foo="1"/>', [("structure", "Patient.active.foo")]),
        ("<active/>", [("structure", "Patient.active")]),
        ("<active value='true'/>text", [("structure", "Patient")]),
        ("<contained/>", [("structure", "Patient.contained[0]")]),
        ("<contained><Foo/></contained>", [("not-supported", "Patient.contained[0]")]),
        ('<x:active xmlns:x="urn:other" value="true"/>', [("structure", "Patient.active")]),
        ("<text><div>a</div></text>", [("structure", "Patient.text.div")]),
        ("<foo/><bar/>", [("structure", "Patient.foo"), ("structure", "Patient.bar")]),
    ],
)
def test_to_json_names_what_does_not_belong(content, expected):
    assert refusals(f"<Patient {NS}>{content}</Patient>") == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            f'<!DOCTYPE Patient [<!ENTITY x SYSTEM "file:///etc/passwd">]><Patient {NS}><id value="&x;"/></Patient>',
            "security",
        ),
        (f"<!DOCTYPE Patient><Patient {NS}/>", "security"),
        (f"<Patient {NS}>", "structure"),
        (f"<Patient {NS}><id value='&nosuch;'/></Patient>", "structure"),
        ("<Patient/>", "not-supported"),
        ('<Foo xmlns="http://hl7.org/fhir"/>', "not-supported"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "not-supported"),
    ],
)
def test_parse_refuses(text, code):
    assert [found for found, _path in refusals(text)] == [code]


def test_parse_refuses_a_doctype_hidden_in_another_encoding():
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE Patient [<!ENTITY x "y">]><Patient {NS}/>'

    with pytest.raises(Unreadable) as caught:
        xml.parse(text.encode("utf-16"))

    assert [issue.code for issue in caught.value.issues] == ["security"]


def test_parse_bounds_a_document():
    text = f'<Patient {NS}><id value="a"/></Patient>'

    assert refusals(text, Limits(max_xml_bytes=len(text) - 1)) == [("too-costly", "")]
    assert read(text, Limits(max_xml_bytes=len(text)))["id"] == "a"


@pytest.mark.parametrize("extensions", [20, 10_000])
def test_to_json_bounds_the_depth(extensions):
    nested = '<extension url="u">' * extensions + "</extension>" * extensions
    limits = Limits(max_depth=20)

    assert refusals(f"<Patient {NS}>{nested}</Patient>", limits)[0][0] in ("too-costly", "too-long")


def test_to_json_bounds_a_string():
    text = f'<Binary {NS}><contentType value="a/b"/><data value="{"A" * 101}"/></Binary>'

    assert refusals(text, Limits(max_string_bytes=100)) == [("too-long", "Binary.data")]
    assert read(text, Limits(max_string_bytes=101))["data"] == "A" * 101


@pytest.mark.parametrize("value", ["1_000", "+1", " 1", "abc", "01", "1.", "0x1"])
def test_to_json_leaves_a_strange_number_to_the_validator(value):
    quantity = f'<valueQuantity><value value="{value}"/></valueQuantity>'
    text = f'<Observation {NS}><status value="final"/><code><text value="a"/></code>{quantity}</Observation>'

    (unit,) = units_of(text.encode(), "x.xml")

    assert [(issue.code, issue.path) for issue in check(unit)] == [("structure", "Observation.valueQuantity.value")]


def test_read_units_cuts_an_xml_bundle_into_entries():
    text = f"""<Bundle {NS}><type value="collection"/>
      <entry><fullUrl value="urn:uuid:1"/><resource><Patient><active value="true"/></Patient></resource></entry>
      <entry><resource><Basic><code><text value="a"/></code></Basic></resource></entry></Bundle>"""

    units = units_of(text.encode(), "x.xml")

    assert [unit.entries[0].resource["resourceType"] for unit in units] == ["Patient", "Basic"]
    assert units[0].entries[0].raw == f'<Patient {NS}><active value="true"/></Patient>'.encode()
    assert [check(unit) for unit in units] == [(), ()]


def test_read_units_opens_an_xml_bundle_inside_a_bundle():
    entry = "<entry><resource><Patient><id value='a'/></Patient></resource></entry>"
    inner = f"<Bundle><type value='searchset'/>{entry}</Bundle>"
    text = f"<Bundle {NS}><type value='batch-response'/><entry><resource>{inner}</resource></entry></Bundle>"

    (unit,) = units_of(text.encode(), "x.xml")

    assert (unit.entries[0].resource, str(unit.place)) == ({"resourceType": "Patient", "id": "a"}, "запись 1, запись 1")


def test_read_units_gives_a_cda_document_as_it_came():
    raw = b'<?xml version="1.0"?><!-- x --><ClinicalDocument xmlns="urn:hl7-org:v3"><title>a</title></ClinicalDocument>'

    (unit,) = units_of(raw, "x.xml")

    assert (unit.kind, unit.raw, unit.entries) == ("document", raw, ())
