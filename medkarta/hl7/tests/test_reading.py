import pickle
import tracemalloc
import zipfile

import orjson
import pytest

from medkarta.hl7.files import open_files, source_of
from medkarta.hl7.limits import Limits
from medkarta.hl7.reading import check, read_units
from medkarta.hl7.references import Identity
from medkarta.hl7.tests.factories import bundle, entry, observation, patient, units_of


def codes(units):
    return [[(issue.code, issue.path) for issue in check(unit)] for unit in units]


def test_read_units_gives_a_lone_resource_with_its_bytes():
    raw = orjson.dumps(patient(), option=orjson.OPT_INDENT_2)

    (unit,) = units_of(raw)

    assert (unit.kind, unit.file, unit.is_refused) == ("single", "input.json", False)
    assert (unit.entries[0].resource, unit.entries[0].raw) == (patient(), raw)


def test_read_units_gives_a_unit_for_each_line_and_goes_on_after_a_bad_one():
    lines = [orjson.dumps(patient()), b"", b'{"a":1,"a":2}', b"[1]", orjson.dumps(observation())]

    units = units_of(b"\r\n".join(lines), "x.ndjson")

    assert [str(unit.place) for unit in units] == ["строка 1", "строка 3", "строка 4", "строка 5"]
    assert codes(units) == [[], [("duplicate", "a")], [("structure", "")], []]


def test_read_units_gives_a_transaction_whole():
    content = bundle("transaction", entry(patient(), "urn:uuid:1"), entry(observation(), "urn:uuid:2", "PUT"))

    (unit,) = units_of(content)

    assert unit.kind == "transaction"
    assert [(each.method, each.url, each.full_url) for each in unit.entries] == [
        ("POST", "Patient", "urn:uuid:1"),
        ("PUT", "Observation", "urn:uuid:2"),
    ]
    assert unit.raw == orjson.dumps(content)
    assert unit.identities == {"urn:uuid:1": Identity("Patient", "p1"), "urn:uuid:2": Identity("Observation", "o1")}
    assert check(unit) == ()


@pytest.mark.parametrize("type_", ["batch", "collection", "searchset", "document", "history", "message"])
def test_read_units_gives_the_entries_of_other_bundles_one_by_one(type_):
    result = observation(subject={"reference": "urn:uuid:1"})
    units = units_of(bundle(type_, entry(patient(), "urn:uuid:1"), entry(result, "urn:uuid:2")))

    assert [unit.entries[0].resource["resourceType"] for unit in units] == ["Patient", "Observation"]
    assert [str(unit.place) for unit in units] == ["запись 1", "запись 2"]
    assert [unit.identities for unit in units] == [{}, {"urn:uuid:1": Identity("Patient", "p1")}]
    assert codes(units) == [[], []]


def test_read_units_gives_every_entry_its_own_bytes():
    own = '{ "resourceType":"Basic",  "code": {"text": "я"} }'.encode()
    raw = b'{ "resourceType": "Bundle", "type": "collection", "entry": [ { "resource": ' + own + b" } ] }"

    (unit,) = units_of(raw)

    assert unit.entries[0].raw == own


def test_read_units_reads_entries_before_the_type():
    (unit,) = units_of(b'{"entry":[{"resource":{"resourceType":"Basic"}}],"type":"collection","resourceType":"Bundle"}')

    assert unit.entries[0].resource == {"resourceType": "Basic"}


def test_read_units_takes_the_full_url_where_there_is_no_id():
    resource = {key: each for key, each in patient().items() if key != "id"}

    (unit,) = units_of(bundle("transaction", entry(resource, "urn:uuid:1")))

    assert unit.identities == {"urn:uuid:1": Identity("Patient", "urn:uuid:1")}


def test_read_units_keeps_a_deletion_and_drops_an_empty_entry():
    deletion = {"request": {"method": "DELETE", "url": "Patient/1"}}

    (unit,) = units_of(bundle("batch", deletion))
    assert (unit.entries[0].method, unit.entries[0].url, unit.entries[0].resource) == ("DELETE", "Patient/1", None)

    assert units_of(bundle("collection", {"fullUrl": "urn:uuid:1"})) == []


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([entry(patient()), {"resource": observation()}], [("required", "Bundle.entry[1].request")]),
        ([entry(patient()), entry(observation(), method="GRAB")], [("code-invalid", "Bundle.entry[1].request.method")]),
        ([entry(patient()) | {"foo": 1}], [("structure", "Bundle.entry[0].foo")]),
        (
            [{"resource": "x"} | {"request": {"method": "POST", "url": "x"}}],
            [("structure", "Bundle.entry[0].resource")],
        ),
        ([5], [("structure", "Bundle.entry[0]")]),
        ([entry(patient(foo=1))], [("structure", "Bundle.entry[0].resource.foo")]),
        (
            [entry(patient(), "urn:uuid:1"), entry(patient(), "urn:uuid:1")],
            [("duplicate", "Bundle.entry[0].fullUrl"), ("duplicate", "Bundle.entry[1].fullUrl")],
        ),
    ],
)
def test_check_refuses_a_transaction_for_one_broken_entry(entries, expected):
    (unit,) = units_of(bundle("transaction", *entries))

    assert [(issue.code, issue.path) for issue in check(unit)] == expected


def test_read_units_keeps_the_good_entries_of_a_batch():
    units = units_of(bundle("batch", entry(patient()), {"resource": observation()}, entry(observation())))

    assert codes(units) == [[], [("required", "Bundle.entry[1].request")], []]
    assert [unit.is_refused for unit in units] == [False, True, False]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"resourceType":"Bundle","entry":[]}', ("required", "Bundle.type")),
        (b'{"resourceType":"Bundle","type":"heap"}', ("code-invalid", "Bundle.type")),
        (b'{"resourceType":"Bundle","type":"batch","entry":{}}', ("structure", "Bundle.entry")),
        (b'{"resourceType":"Bundle","type":"batch","type":"batch"}', ("duplicate", "type")),
        (b'{"resourceType":"Bundle","type":"batch","foo":1}', ("structure", "Bundle.foo")),
        (
            b'{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"a":{"b":1,"b":2}}}]}',
            ("duplicate", "Bundle.entry[0].resource.a.b"),
        ),
        (
            b'{"resourceType":"Bundle","type":"batch","entry":[{"resource":{},"resource":{}}]}',
            ("duplicate", "Bundle.entry[0].resource"),
        ),
        (
            b'{"resourceType":"Bundle","type":"batch","entry":[{"resource":' + b"[" * 5000 + b"]" * 5000 + b"}]}",
            ("too-costly", ""),
        ),
        (
            b'{"resourceType":"Bundle","type":"batch","entry":[{"resource":' + b"[" * 70 + b"]" * 70 + b"}]}",
            ("too-costly", "Bundle.entry[0].resource"),
        ),
        (b'{"resourceType":"Bundle","type":"batch","entry":[{"resource":{}}', ("structure", "")),
        (b'{"resourceType":"Bundle","type":"batch"} {}', ("structure", "")),
        (b'[{"resourceType":"Patient"}]', ("structure", "")),
    ],
)
def test_read_units_refuses_a_broken_document(raw, expected):
    assert expected in [issue for unit in codes(units_of(raw)) for issue in unit]


def test_read_units_bounds_a_transaction():
    source = source_of("x.json", orjson.dumps(bundle("transaction", entry(patient()), entry(observation()))))

    assert [unit.is_refused for unit in read_units(source, Limits(max_entries=1))] == [True]
    assert [unit.is_refused for unit in read_units(source, Limits(max_entries=2))] == [False]


@pytest.mark.parametrize("name", ["x.json", "x.ndjson"])
def test_read_units_bounds_a_document_and_a_line(name):
    raw = orjson.dumps(patient())
    source = source_of(name, raw + b"\n" * (name == "x.ndjson") + raw * (name == "x.ndjson"))

    assert [unit.is_refused for unit in read_units(source, Limits(max_document_bytes=len(raw) + 1))] in (
        [False],
        [False] * 2,
    )
    refused = list(read_units(source, Limits(max_document_bytes=len(raw) - 1)))
    assert [issue.code for unit in refused for issue in unit.issues] in (["too-costly"], ["too-costly"] * 2)


def test_read_units_goes_on_after_a_line_that_is_too_long():
    source = source_of("x.ndjson", b'{"a":"' + b"x" * 500 + b'"}\n' + orjson.dumps(patient()) + b"\n")

    assert [unit.is_refused for unit in read_units(source, Limits(max_document_bytes=200))] == [True, False]


def test_read_units_says_why_a_file_was_refused():
    (unit,) = units_of(b"%PDF-1.7", "x.pdf")

    assert unit.is_refused
    assert [issue.code for issue in unit.issues] == ["not-supported"]


def test_read_units_notes_a_bom_once_and_refuses_nothing_for_it():
    units = units_of(b"\xef\xbb\xbf" + orjson.dumps(patient()) + b"\n" + orjson.dumps(patient()))

    assert [[issue.severity for issue in unit.issues] for unit in units] == [["warning"], []]
    assert [unit.is_refused for unit in units] == [False, False]


def test_read_units_reports_a_member_that_is_damaged_further_on(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("1.ndjson", (orjson.dumps(patient()) + b"\n") * 20_000)
    data = bytearray(path.read_bytes())
    data[-2000] ^= 1
    path.write_bytes(bytes(data))

    (file,) = open_files([path])
    units = list(read_units(file))

    assert units[-1].is_refused
    assert not units[0].is_refused


def test_read_units_reads_ndjson_in_constant_memory(tmp_path):
    path = tmp_path / "big.ndjson"
    line = orjson.dumps(observation(note=[{"text": "я" * 8000}])) + b"\n"
    with path.open("wb") as file:
        for _ in range(50):
            file.write(line * (1024 * 1024 // len(line)))
    (source,) = open_files([path])

    tracemalloc.start()
    count = sum(not unit.is_refused for unit in read_units(source))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 50 * (1024 * 1024 // len(line))
    assert peak < 8 * 1024 * 1024


def test_read_units_opens_a_bundle_inside_a_bundle():
    inner = bundle("searchset", {"resource": observation()}, {"resource": patient(nosuch=1)})
    content = bundle("batch-response", {"resource": patient()}, {"resource": inner}, {"resource": bundle("searchset")})
    content["entry"][2]["resource"].pop("entry")
    posted = bundle("batch", entry(inner))

    units = units_of(content)

    assert [str(unit.place) for unit in units] == ["запись 1", "запись 2, запись 1", "запись 2, запись 2"]
    assert codes(units) == [[], [], [("structure", "Bundle.entry[1].resource.nosuch")]]
    assert [unit.entries[0].resource["resourceType"] for unit in units_of(posted)] == ["Bundle"]


def test_read_units_bounds_bundles_in_bundles():
    content = patient()
    for _ in range(40):
        content = bundle("collection", {"resource": content})

    assert codes(units_of(content)) == [[("too-costly", "Bundle.entry[0].resource")]]


def test_units_and_issues_travel_between_processes():
    (unit,) = units_of(bundle("transaction", entry(observation(status="x", valueQuantity={"value": 1}), "urn:uuid:1")))
    (line,) = units_of(b"{broken", "x.ndjson")

    for sent in (unit, line):
        arrived = pickle.loads(pickle.dumps(sent))
        assert arrived == sent
        assert [str(issue) for issue in check(arrived)] == [str(issue) for issue in check(sent)] != []
        assert str(arrived.place) == str(sent.place)


def test_read_units_cuts_a_bundle_in_a_line():
    line = orjson.dumps(bundle("collection", entry(patient()), entry(observation())))

    units = units_of(line + b"\n" + orjson.dumps(patient()), "x.ndjson")

    assert [str(unit.place) for unit in units] == ["строка 1, запись 1", "строка 1, запись 2", "строка 2"]
    assert codes(units) == [[], [], []]


def test_read_units_drops_the_comments_of_older_releases_and_says_so():
    resource = patient(fhir_comments=["a"], _id={"fhir_comments": ["b"]}, gender="female")
    resource["name"] = [{"given": ["Вера"], "_given": [{"fhir_comments": ["c"]}]}]

    (unit,) = units_of(resource)

    assert unit.entries[0].resource == patient(name=[{"given": ["Вера"]}], gender="female")
    assert [(issue.severity, issue.code) for issue in check(unit)] == [("warning", "informational")]
    assert not unit.is_refused


def test_read_units_holds_one_entry_of_a_big_bundle_at_a_time():
    entries = b",".join([b'{"resource":' + orjson.dumps(observation(note=[{"text": "x" * 1000}])) + b"}"] * 2_000)
    source = source_of("x.json", b'{"resourceType":"Bundle","type":"collection","entry":[' + entries + b"]}")

    tracemalloc.start()
    count = sum(not unit.is_refused for unit in read_units(source))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 2_000
    assert peak < 4 * len(entries)
