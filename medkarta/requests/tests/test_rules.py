import pytest

from medkarta.requests import kinds, rules


@pytest.mark.parametrize(
    ("current", "wanted", "allowed"),
    [
        ("new", "done", True),
        ("done", "new", False),
        ("new", "new", False),
        ("new", "nowhere", False),
        ("nowhere", "new", False),
    ],
)
def test_can_move_follows_the_transitions(current, wanted, allowed):
    transitions = {"new": ("done", "new"), "done": ()}

    assert rules.can_move(transitions, current=current, wanted=wanted) is allowed


@pytest.mark.parametrize(
    ("serial", "number"), [(1, "МК-2026-000001"), (999_999, "МК-2026-999999"), (1_000_000, "МК-2026-1000000")]
)
def test_format_number_keeps_six_digits_or_more(serial, number):
    assert rules.format_number(prefix="МК", year=2026, serial=serial) == number


@pytest.mark.parametrize(
    "statuses",
    [(), (kinds.Status("a", "А"), kinds.Status("a", "Б")), (kinds.Status("a", "А", leads_to=("b",)),)],
    ids=["none", "repeated", "leads nowhere"],
)
def test_register_refuses_statuses_that_cannot_work(statuses):
    with pytest.raises(ValueError, match="wrong"):
        kinds.register("wrong", "Неверный вид", statuses)


def test_register_refuses_to_cancel_from_a_status_that_is_none():
    with pytest.raises(ValueError, match="unknown"):
        kinds.register("wrong", "Неверный вид", (kinds.Status("a", "А"),), cancel=print, cancel_from=("b",))


def test_find_shows_a_kind_whose_room_is_gone():
    assert kinds.find("gone").title == "gone"
    assert kinds.find("gone").status("odd").title == "odd"
