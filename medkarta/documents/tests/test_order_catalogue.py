"""The catalogue of certificates: what the file says is what the portal shows, and a wrong file is refused."""

import json
from datetime import date

import pytest
from django.utils import translation

from medkarta.documents.orders import catalogue, words
from medkarta.documents.orders.rules import Mode, Term


@pytest.fixture
def told():
    return json.loads(catalogue.SHIPPED.read_text(encoding="utf-8"))


def test_every_kind_of_the_list_is_there():
    forms = {one.form for one in catalogue.kinds()}
    assert {"079/у", "070/у", "072/у", "076/у", "086/у", "095/у", "027/у", "082/у", "156/у-93", "003-В/у"} <= forms
    assert {"088/у", "КНД 1151156"} <= forms
    assert len(catalogue.kinds()) == 16


@pytest.mark.parametrize(("code", "mode"), [("mse-088", Mode.STATUS_ONLY), ("driver-003", Mode.IN_PERSON)])
def test_kinds_that_are_not_ordered_say_what_to_do_instead(code, mode):
    found = catalogue.find(code)
    assert found.mode is mode
    assert not found.can_order
    assert str(found.instead)


def test_every_text_has_its_english(told):
    def texts(value):
        if isinstance(value, dict):
            if "ru" in value:
                yield value
            for one in value.values():
                yield from texts(one)
        elif isinstance(value, list):
            for one in value:
                yield from texts(one)

    assert [one["ru"] for one in texts(told) if one["ru"] and not one.get("en")] == []


def test_texts_follow_the_language_of_the_page():
    found = catalogue.find("pool")
    assert found.name == "Справка в бассейн"
    with translation.override("en"):
        assert found.name == "Certificate for a swimming pool"


def test_what_is_from_memory_is_held_back_until_it_is_reviewed(told):
    by_memory = catalogue.read(told)["pupil-095"]
    reviewed = catalogue.read({**told, "reviewed_by": "Комиссия региона"})["pupil-095"]

    assert words.act_words(by_memory.act) == ""
    assert not by_memory.validity
    assert words.act_words(reviewed.act) == "приказ Минздрава СССР №\u00a01030, форма 095/у"
    assert str(reviewed.validity) == "даты указаны в справке"


def test_seen_act_is_named():
    assert words.act_words(catalogue.find("camp-079").act) == "приказ Минздрава России №\u00a0274н, приложение 11"


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (Term(1, 3), "обычно 1–3 рабочих дня, точный срок скажет клиника"),
        (Term(5, 14), "обычно 5–14 рабочих дней, точный срок скажет клиника"),
        (Term(1, 30, is_working=False), "обычно 1–30 дней, точный срок скажет клиника"),
        (Term(0, 1), "обычно в тот же или на следующий рабочий день, точный срок скажет клиника"),
        (Term(1, 3, is_sure=True), "до 3 рабочих дней"),
        (Term(1, 1, is_sure=True), "до 1 рабочего дня"),
        (Term(1, 2, is_sure=True, is_working=False), "до 2 дней"),
    ],
)
def test_term_words_promise_only_what_is_sure(term, text):
    assert words.term_words(term) == text


def test_ready_words_need_an_examination_first_where_the_kind_does():
    ordered = date(2026, 11, 25)
    assert "если осмотр уже есть" in words.ready_words(catalogue.find("pool"), ordered)
    assert "осмотр" not in words.ready_words(catalogue.find("extract-027"), ordered)


def test_operators_own_file_stands_in_place_of_the_shipped_one(settings, told):
    kind = {**told["kinds"][0], "code": "own", "title": {"ru": "Своя справка"}, "form": ""}
    (settings.DATA_DIR / catalogue.OWN).write_text(json.dumps({"kinds": [kind]}), encoding="utf-8")

    assert [one.name for one in catalogue.kinds()] == ["Своя справка"]
    assert catalogue.find("pool") is None
    assert dict(words.Titles()) == {"own": "Своя справка"}
    assert len(words.Titles()) == 1


def test_retired_kind_is_found_but_not_shown(settings, told):
    told["kinds"][0]["mode"] = "retired"
    (settings.DATA_DIR / catalogue.OWN).write_text(json.dumps(told), encoding="utf-8")

    assert told["kinds"][0]["code"] not in {one.code for one in catalogue.kinds()}
    assert catalogue.find(told["kinds"][0]["code"]).mode is Mode.RETIRED


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda one: one.pop("needs"), "needs"),
        (lambda one: one.update(mode="sometimes"), "sometimes"),
        (lambda one: one["fields"][0].update(kind="colour"), "unknown kind"),
        (lambda one: one["fields"][0].update(after="nothing"), "does not stand before"),
    ],
)
def test_read_refuses_a_wrong_kind_and_names_it(told, change, place):
    change(told["kinds"][0])

    with pytest.raises(catalogue.WrongCatalogue, match=r"kind 1 \(camp-079\)") as refused:
        catalogue.read(told)
    assert place in str(refused.value)


def test_read_refuses_a_code_twice(told):
    with pytest.raises(catalogue.WrongCatalogue, match="there already"):
        catalogue.read({"kinds": [told["kinds"][0], told["kinds"][0]]})
