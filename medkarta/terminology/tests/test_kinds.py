import csv
from importlib.resources import files

import orjson
import pytest
from django.core.management import CommandError, call_command

from medkarta.hl7.tests.samples import SAMPLES, needs_samples
from medkarta.terminology import queries, rules
from medkarta.terminology.models import DocumentEdition

pytestmark = pytest.mark.django_db
ROWS = list(
    csv.DictReader(
        files("medkarta.terminology").joinpath("data/document_kinds.csv").read_text("utf-8").splitlines(), delimiter=";"
    )
)


def dictionary(*rows: dict[str, str | None]) -> bytes:
    return orjson.dumps({"list": [[{"column": name, "value": value} for name, value in row.items()] for row in rows]})


def edition(code: str, type_: str, name: str, **more: str | None) -> dict[str, str | None]:
    return {"ID": code, "OID": code, "TYPE": type_, "NAME": name, **more}


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("1.2.643.5.1.13.13.11.1520", "290", "5"),
        ("urn:oid:1.2.643.5.1.13.13.11.1520", "119", "5"),
        ("1.2.643.5.1.13.13.11.1522", "7", "7"),
        ("1.2.643.5.1.13.13.99.2.195", "7", "7"),
        ("1.2.643.5.1.13.13.11.1115", "1", "1"),
        ("1.2.643.5.1.13.13.99.2.1079", "13", "5"),
        ("2.16.840.1.113883.6.1", "11502-2", "7"),
        ("http://loinc.org", "18842-5", "1"),
    ],
)
def test_find_knows_a_kind_by_every_code_for_it(system, code, expected):
    found = queries.document_kinds().find([(system, code)])

    assert found is not None
    assert found.type == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("1.2.643.5.1.13.13.15.13.7", "5"),
        ("1.2.643.5.1.13.13.15.13", "5"),
        ("1.2.643.5.1.13.13.14.7.9.5", "7"),
        ("1.2.643.5.1.13.2.7.5.1.7.3", "7"),
        ("1.2.643.5.1.13.13.15.99999.1", None),
        ("2.16.840.1.113883.10.20.22.1.1", None),
    ],
)
def test_find_knows_a_kind_by_its_template_where_no_code_is_known(template, expected):
    found = queries.document_kinds().find([("1.2.3", "4")], [template])

    assert (found.type if found else None) == expected


def test_find_asks_codes_before_templates():
    found = queries.document_kinds().find([("1.2.643.5.1.13.13.11.1520", "75")], ["1.2.643.5.1.13.13.15.13.7"])

    assert found is not None
    assert found.type == "7"


def test_packaged_table_names_each_code_once():
    for column in ("type", "arc", "editions", "loinc"):
        codes = [code for row in ROWS for code in row[column].split()]
        assert len(codes) == len(set(codes)), column
    assert all(row["name"] and row["section"] for row in ROWS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Выписка из протокола врачебной комиссии (CDA) Редакция 1", "Выписка из протокола врачебной комиссии"),
        ("Справка (PDF/A-1)", "Справка"),
        ("Редакция журнала", "Редакция журнала"),
    ],
)
def test_name_of_kind_leaves_format_and_edition_out(name, expected):
    assert rules.name_of_kind(name) == expected


def test_loading_a_dictionary_adds_editions_and_kinds_and_is_idempotent(tmp_path):
    path = tmp_path / "1.2.643.5.1.13.13.11.1520_13.1_part1.json"
    path.write_bytes(
        dictionary(
            edition("900", "5", "Протокол консультации (CDA) Редакция 8", START_DATE="01.02.2027", SHOW_PATIENT="Нет"),
            edition("901", "999", "Новый документ (CDA) Редакция 1", END_DATE=None),
        )
    )

    for _again in range(2):
        call_command("load-dictionary", str(path))

    kinds = queries.document_kinds()
    assert kinds.find([(rules.EDITIONS, "900")]) == kinds.find([(rules.EDITIONS, "290")])
    assert kinds.find([(rules.EDITIONS, "901")]) == rules.Kind("999", "Новый документ", "documents")
    assert DocumentEdition.objects.count() == 2
    stored = DocumentEdition.objects.get(code="900")
    assert (stored.starts_on.isoformat(), stored.is_shown, stored.dictionary_version) == ("2027-02-01", False, "13.1")


def test_loading_takes_csv_and_forgets_what_the_new_file_lacks(tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("\ufeffID;OID;TYPE;NAME\n1;900;5;Протокол\n2;901;5;Протокол\n", encoding="utf-8")
    second.write_text("ID;OID;TYPE;NAME\n1;900;7;Анализ\n", encoding="utf-8")

    for path in (first, second):
        call_command("load-dictionary", str(path), dictionary_version="1")

    assert list(DocumentEdition.objects.values_list("code", "type")) == [("900", "7")]


@pytest.mark.parametrize(
    "data", [b"{", b'{"list": 1}', b'{"list": [[{"column": "OID"}]]}', b"\xff\xfe", b"", b"OID;TYPE\n1;2\n"]
)
def test_loading_refuses_what_is_no_dictionary_and_keeps_the_former(tmp_path, data):
    DocumentEdition.objects.create(code="900", type="5", name="Протокол", dictionary_version="1")
    (tmp_path / "x.json").write_bytes(data)

    with pytest.raises(CommandError, match=r"x\.json"):
        call_command("load-dictionary", str(tmp_path / "x.json"), dictionary_version="2")
    assert DocumentEdition.objects.count() == 1


def test_loading_asks_for_a_version(tmp_path):
    (tmp_path / "x.json").write_bytes(dictionary(edition("1", "5", "Протокол")))

    with pytest.raises(CommandError, match="--dictionary-version"):
        call_command("load-dictionary", str(tmp_path / "x.json"))


@needs_samples
def test_official_file_knows_the_packaged_editions_as_the_same_kinds():
    call_command("load-dictionary", str(SAMPLES / "nsi" / "1.2.643.5.1.13.13.11.1520_12.14_part1.json"))

    loaded = dict(DocumentEdition.objects.values_list("code", "type"))
    packaged = {code: row["type"] for row in ROWS for code in row["editions"].split()}
    assert DocumentEdition.objects.count() == 181
    assert {code: type_ for code, type_ in packaged.items() if loaded.get(code, type_) != type_} == {}
