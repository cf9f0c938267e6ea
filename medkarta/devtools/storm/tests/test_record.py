"""What is written down is read back, also when a process ended in the middle."""

from medkarta.devtools.storm.record import Recorder, read


def test_read_gives_calls_with_their_answers_in_order(tmp_path):
    recorder = Recorder(tmp_path / "record")
    first = recorder.sent("hold", person="p", slot="s")
    second = recorder.sent("confirm", key="k")
    recorder.answered(second, "ok", appointment="a", status=303)
    recorder.answered(first, "refused", status=409)

    calls, faults = read((tmp_path / "record").read_text().splitlines())

    assert [(one.op, one.outcome) for one in calls] == [("hold", "refused"), ("confirm", "ok")]
    assert (calls[0].slot, calls[0].status, calls[1].appointment, calls[1].slot) == ("s", 409, "a", None)
    assert calls[0].at <= calls[1].at <= calls[1].end
    assert faults == []


def test_read_takes_a_call_without_an_answer_for_lost(tmp_path):
    Recorder(tmp_path / "record").sent("cancel", appointment_id="a")

    (one,), _faults = read((tmp_path / "record").read_text().splitlines())

    assert (one.outcome, one.end) == ("lost", float("inf"))


def test_read_gives_faults(tmp_path):
    Recorder(tmp_path / "record").fault("database", at=1.0, back=2.5)

    _calls, (fault,) = read((tmp_path / "record").read_text().splitlines())

    assert (fault.kind, fault.at, fault.back) == ("database", 1.0, 2.5)
