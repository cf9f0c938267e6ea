import json
import sys

from medkarta.devtools.region import __main__ as command


def test_main_writes_a_file_for_each_source_and_type(tmp_path, monkeypatch, capsys):
    arguments = ["region", "--today", "2026-11-25", "--residents", "5", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", arguments)

    command.main()

    files = sorted(one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*.ndjson"))
    assert "demo-mis/07-Patient.ndjson" in files
    assert "demo-lab/14-Observation.ndjson" in files
    lines = [json.loads(line) for one in tmp_path.rglob("*.ndjson") for line in one.read_text("utf-8").splitlines()]
    assert capsys.readouterr().out.startswith(f"{len(lines)} resources of 2026-11-25")
