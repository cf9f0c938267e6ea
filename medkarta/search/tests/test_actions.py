"""What the index keeps of what rooms enter."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.search import actions, kinds, queries, rules
from medkarta.search.models import SearchEntry, SearchText, SearchWord
from medkarta.search.tests.factories import AT, entered, entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory()


def total(patient, words):
    return queries.find(scope_of(patient), words).total


def indexed():
    """Return how many texts the database's own index holds."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM search_fts WHERE search_fts MATCH '\"_kdocument\"'")
        else:
            cursor.execute("SELECT count(*) FROM search_searchtext WHERE words @@ '_kdocument'")
        return cursor.fetchone()[0]


def test_put_again_replaces_what_was_entered(patient):
    first = entered(patient, "Анализ крови")

    actions.put([entry(patient, "Осмотр терапевта", subject=first.subject_id)])

    assert (total(patient, "анализ"), total(patient, "терапевт")) == (0, 1)
    assert (SearchEntry.objects.count(), SearchText.objects.count(), indexed()) == (1, 1, 1)


@pytest.mark.parametrize("at", [AT + timedelta(days=1), AT, None])
def test_put_again_with_another_date_moves_the_entry(patient, at):
    first = entered(patient, "Анализ крови")

    actions.put([entry(patient, "Анализ крови", subject=first.subject_id, at=at)])

    assert [hit.dated_at for hit in queries.find(scope_of(patient), "анализ").hits] == [at]
    assert (SearchText.objects.count(), indexed()) == (1, 1)


def test_put_again_under_secrecy_hides_it(patient):
    first = entered(patient, "Анализ крови")

    actions.put([entry(patient, "Анализ крови", subject=first.subject_id, restricted=True)])

    assert total(patient, "анализ") == 0


def test_put_for_another_patient_takes_it_from_the_first(patient):
    first, other = entered(patient, "Анализ крови"), PatientFactory()

    actions.put([entry(other, "Анализ крови", subject=first.subject_id)])

    assert (total(patient, "анализ"), total(other, "анализ")) == (0, 1)


def test_put_of_one_subject_twice_keeps_the_last(patient):
    subject = uuid4()

    number = actions.put([entry(patient, "Анализ", subject=subject), entry(patient, "Осмотр", subject=subject)])

    assert number == 2
    assert (total(patient, "анализ"), total(patient, "осмотр")) == (0, 1)


def test_put_keeps_entries_apart_whose_keys_would_be_the_same(patient, monkeypatch):
    monkeypatch.setattr(rules, "entry_id", lambda kind, subject, at: rules.minute_of(at) << 35 | 7)

    entered(patient, "Анализ первый")
    actions.put([entry(patient, "Анализ второй"), entry(patient, "Анализ третий")])

    assert total(patient, "анализ") == 3


def test_put_takes_kinds_of_one_row_apart(patient):
    first = entered(patient, "Анализ")

    actions.put([entry(patient, "Анализ", kind="result", subject=first.subject_id)])
    actions.drop("document", [first.subject_id])

    assert [hit.kind for hit in queries.find(scope_of(patient), "анализ").hits] == ["result"]


@pytest.mark.parametrize("kind", ["", "Document", "a b", "_a", "документ", "d" * 33])
def test_entry_refuses_what_is_no_kind(patient, kind):
    with pytest.raises(ValueError, match="kind"):
        entry(patient, kind=kind)


def test_drop_forgets(patient):
    first, second = entered(patient, "Анализ"), entered(patient, "Анализ")

    actions.drop("document", [first.subject_id, uuid4()])

    assert [hit.subject_id for hit in queries.find(scope_of(patient), "анализ").hits] == [second.subject_id]
    assert indexed() == 1


def test_put_keeps_no_more_of_a_text_than_it_shows(patient):
    entered(patient, "Д" * 600, "вода " * (rules.MOST_CHARS // 5) + "анализ")

    assert total(patient, "анализ") == 0
    assert total(patient, "вода") == 1
    kept = SearchEntry.objects.select_related("text").get()
    assert (len(kept.title), len(kept.text.body)) == (500, rules.MOST_CHARS)


def test_put_survives_what_databases_refuse(patient):
    entered(patient, "Анализ\x00 крови\ud800", "\udfff моча\x00")

    assert queries.find(scope_of(patient), "моча").hits[0].title == "Анализ крови"


def test_put_of_an_empty_text_is_found_by_nothing(patient):
    entered(patient, "", "")

    assert SearchEntry.objects.count() == 1


def test_put_of_many_costs_few_statements(patient, django_assert_max_num_queries):
    entries = [entry(patient, f"Анализ {number}", at=AT + timedelta(days=number)) for number in range(200)]
    entered(patient, "анализ")

    with django_assert_max_num_queries(8):
        actions.put(entries)

    assert total(patient, "анализ") == 201


def test_words_are_learnt_once_and_no_numbers(patient):
    entered(patient, "Анализ крови 123456", "J06.9 covid19 ухо")
    entered(patient, "Анализ крови")

    assert sorted(SearchWord.objects.values_list("word", flat=True)) == ["анализ", "кровь"]


def test_reindex_makes_the_index_anew_from_the_rooms(patient, capsys):
    entered(patient, "Анализ", kind="gone")
    kinds.register("kept", "Документ", section="documents/{subject}/", reads="DocumentReference",
                   entries=lambda: [entry(patient, "Осмотр", kind="kept")])  # fmt: skip
    try:
        call_command("reindex")
    finally:
        kinds.unregister("kept")

    assert "kept" in capsys.readouterr().out
    assert (total(patient, "анализ"), total(patient, "осмотр")) == (0, 1)
    assert "анализ" not in SearchWord.objects.values_list("word", flat=True)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (None, datetime(1, 1, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC)),
        (AT, AT + timedelta(minutes=1)),
        (AT, datetime(9999, 12, 31, tzinfo=UTC)),
    ],
)
def test_entry_ids_go_by_date(earlier, later):
    keys = [rules.entry_id("document", uuid4(), at) for at in (earlier, later)]

    assert keys[0] < keys[1]
    assert all(0 <= key < 2**63 for key in keys)


@pytest.mark.parametrize(
    ("word", "slips"), [("рак", 0), ("кров", 1), ("анализ", 1), ("печенье", 2), ("j06.9", 0), ("123456789", 0)]
)
def test_typos_are_forgiven_by_length(word, slips):
    assert rules.typos_forgiven(word) == slips
