import io
import sys
import zipfile
from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from medkarta.core.scopes import SystemScope
from medkarta.gateway import bulk
from medkarta.gateway.outcomes import Fate, Outcome, Reason, Report
from medkarta.gateway.tests.factories import NOW, observation, organization, patient
from medkarta.hl7.reading import Lines
from medkarta.hl7.units import NOWHERE
from medkarta.resources.models import StoredResource

pytestmark = pytest.mark.django_db
BOM = b"\xef\xbb\xbf"
XML = b'<?xml version="1.0"?><Patient xmlns="http://hl7.org/fhir"><id value="p1"/></Patient>'


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(capsys, *paths, **options) -> tuple[int, str, str]:
    """Run the command in this process: exit code, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("import", *map(str, paths), stdout=out, stderr=err, **options)
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, out.getvalue(), err.getvalue() + capsys.readouterr().err


def lines(*resources) -> bytes:
    return b"\n".join(orjson.dumps(one) for one in resources)


def archive(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name, data in members.items():
            opened.writestr(name.replace("_", "."), data)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("p.json", orjson.dumps(patient())),
        ("p.json", BOM + orjson.dumps(patient())),
        ("p.ndjson", lines(patient())),
        ("p.ndjson", BOM + lines(patient()) + b"\r\n\r\n"),
        ("p.xml", XML),
        ("p.xml", BOM + XML),
        ("p.zip", archive(p_json=orjson.dumps(patient()))),
        ("p.zip", archive(p_xml=XML)),
    ],
)
@pytest.mark.parametrize("as_folder", [True, False])
def test_import_reads_files_of_every_kind(tmp_path, capsys, name, data, as_folder):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(data)

    code, out, err = run(capsys, tmp_path / "in" if as_folder else tmp_path / "in" / name, source="mis")

    assert (code, err) == (0, "")
    assert out.splitlines()[1].split() == ["Patient", "1", "0", "0", "0", "0", "0"]
    assert StoredResource.objects.get().source == "mis"


def test_import_shows_a_table_on_stdout_and_the_reasons_on_stderr(tmp_path, capsys):
    (tmp_path / "x.ndjson").write_bytes(lines(patient(), observation(), observation("o2", status="no"), organization()))

    code, out, err = run(capsys, tmp_path / "x.ndjson")

    assert code == 1
    assert [line.split() for line in out.splitlines()] == [
        ["created", "updated", "unchanged", "kept", "waiting", "rejected"],
        ["Observation", "1", "0", "0", "0", "0", "1"],
        ["Organization", "1", "0", "0", "0", "0", "0"],
        ["Patient", "1", "0", "0", "0", "0", "0"],
        ["total", "3", "0", "0", "0", "0", "1"],
    ]
    assert err.startswith("rejected: x.ndjson, строка 3, Observation.status: ")
    assert "o2" not in err


def test_import_cuts_a_long_list_of_reasons(tmp_path, capsys):
    (tmp_path / "x.ndjson").write_bytes(b"{}\n" * 53)

    code, _out, err = run(capsys, tmp_path / "x.ndjson")

    assert code == 1
    assert (err.count("rejected:"), err.splitlines()[-1]) == (50, "… and 3 more reasons")


def test_import_refuses_a_missing_file_and_goes_on_with_the_next(tmp_path, capsys):
    (tmp_path / "p.json").write_bytes(orjson.dumps(patient()))

    code, _out, err = run(capsys, tmp_path / "absent.json", tmp_path / "p.json")

    assert (code, StoredResource.objects.count()) == (1, 1)
    assert err == "rejected: absent.json: Такого файла нет\n"


@pytest.mark.parametrize(("name", "is_good"), [("", False), ("x" * 65, False), ("x" * 64, True), ("м", True)])
def test_import_checks_the_name_of_the_source(tmp_path, capsys, name, is_good):
    (tmp_path / "p.json").write_bytes(orjson.dumps(patient()))

    if is_good:
        assert run(capsys, tmp_path / "p.json", source=name)[0] == 0
    else:
        with pytest.raises(CommandError, match="1 to 64"):
            run(capsys, tmp_path / "p.json", source=name)


def test_import_says_in_one_line_that_the_database_is_away(tmp_path, capsys, monkeypatch):
    (tmp_path / "p.json").write_bytes(orjson.dumps(patient()))

    def fail(*_args, **_kwargs):
        raise OperationalError("connection to 10.0.0.1 failed")

    monkeypatch.setattr("medkarta.resources.queries.find_known", fail)

    with pytest.raises(CommandError, match="stopped after 0 resources"):
        run(capsys, tmp_path / "p.json")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_import_draws_a_progress_bar_on_a_terminal_only(tmp_path, monkeypatch, capsys, is_terminal):
    (tmp_path / "p.json").write_bytes(orjson.dumps(patient()))
    drawn = Terminal() if is_terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", drawn)

    call_command("import", str(tmp_path / "p.json"), stdout=io.StringIO())

    assert ("resources" in drawn.getvalue()) is is_terminal


def test_load_validates_in_a_process_of_its_own_with_the_same_fates(tmp_path, monkeypatch):
    sent = lines(*(observation(f"o{number}", status="final" if number % 7 else "no") for number in range(60)))
    (tmp_path / "x.ndjson").write_bytes(sent)
    monkeypatch.setattr(bulk, "PIECE_BYTES", 1)
    monkeypatch.setattr("medkarta.hl7.reading.PIECE_BYTES", 2000)

    found = [
        [
            (one.type, one.fate, [str(reason) for reason in one.reasons])
            for one in _load(tmp_path / "x.ndjson", source, jobs)
        ]
        for source, jobs in (("a", 1), ("b", 2))
    ]

    assert found[0] == found[1]
    assert [fate.value for _type, fate, _reasons in found[0]].count("rejected") == 9
    assert found[0][0][2][0].startswith("x.ndjson, строка 1, Observation.status")


def _load(path: Path, source: str, jobs: int) -> list[Outcome]:
    return list(bulk.load(SystemScope.of(source), [path], jobs=jobs, now=NOW))


def test_chunks_hold_a_bounded_number_and_size(monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    monkeypatch.setattr(bulk, "PIECE_BYTES", 10)
    pieces = [Lines("x", 0, b"x" * size) for size in (1, 1, 1, 10, 1)]

    assert [len(chunk) for chunk in bulk._chunks(iter(pieces))] == [2, 2, 1]


def test_report_keeps_the_first_reasons_only():
    report = Report(max_reasons=1)
    for number in range(2):
        report.add(Outcome("—", Fate.REJECTED, (Reason(f"{number}.json", NOWHERE, "", "Нет"),)))

    assert (report.total, report.rejected, [str(one) for one in report.reasons]) == (2, 2, ["0.json: Нет"])


HOSTILE = {
    "one string of 17 MB": b'{"resourceType":"Patient","id":"p1","name":[{"text":"%s"}]}' % (b"x" * 17 * 1024 * 1024),
    "a repeated key": b'{"resourceType":"Patient","id":"p1","active":true,"active":false}',
    "deep nesting": b'{"resourceType":"Patient","id":"p1","extension":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "no such day": orjson.dumps(patient(birthDate="2026-02-31")),
    "unknown type": b'{"resourceType":"Passport","id":"p1"}',
    "unknown element": orjson.dumps(patient(shoeSize=44)),
    "wrong type": orjson.dumps(patient(name="Анна")),
    "null byte": b'{"resourceType":"Patient","id":"p1","language":"a\\u0000"}',
    "not JSON": b'{"resourceType":"Patient",',
    "a number": b"1",
    "nothing": b"",
}


@pytest.mark.parametrize("name", list(HOSTILE))
@pytest.mark.parametrize("suffix", ["json", "ndjson"])
def test_import_answers_hostile_input_with_a_reason_and_stores_nothing_of_it(tmp_path, capsys, name, suffix):
    (tmp_path / f"x.{suffix}").write_bytes(HOSTILE[name])

    code, _out, err = run(capsys, tmp_path / f"x.{suffix}", jobs=1)

    assert code == 1
    assert err.startswith("rejected: x.")
    assert len(err) < 500
    assert not StoredResource.objects.exists()


@pytest.mark.slow
def test_import_refuses_100_mb_in_one_string_within_bounds(tmp_path, capsys):
    path = tmp_path / "x.ndjson"
    with path.open("wb") as stream:
        stream.write(lines(patient()) + b'\n{"resourceType":"Patient","id":"p2","name":[{"text":"')
        for _number in range(100):
            stream.write(b"x" * 1024 * 1024)
        stream.write(b'"}]}\n' + lines(patient("p3")))

    code, _out, err = run(capsys, path, jobs=1)

    assert (code, err) == (1, "rejected: x.ndjson, строка 2: Строка больше 64 МБ\n")
    assert set(StoredResource.objects.values_list("rid", flat=True)) == {"p1", "p3"}
