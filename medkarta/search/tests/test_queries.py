"""What a person finds in his record, and what nobody finds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from medkarta.core.scopes import Restricted
from medkarta.documents.models import MedicalDocument
from medkarta.documents.tests.factories import MedicalDocumentFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.search import queries
from medkarta.search.tests.factories import AT, entered

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory()


def titles(scope, words, **given):
    return [hit.title for hit in queries.find(scope, words, **given).hits]


def text_of(runs):
    return "".join(f"[{run.text}]" if run.is_hit else run.text for run in runs)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Общий анализ мочи", "моча"),
        ("Моча, анализ", "мочи анализ"),
        ("Записи на прием терапевта", "приёмы терапевта"),
        ("Приёмом довольна", "прием"),
        ("После прививок", "прививка"),
        ("Осмотр детей", "ребенок"),
        ("УЗИ лёгких", "легкие"),
        ("УЗИ лёгких", "узи"),
        ("Врач-оториноларинголог Щербаков", "щербакова оториноларинголог"),
        ("Диагноз J06.9", "j06.9"),
        ("Диагноз J06.9", "J06"),
        ("Гемоглобин 5,2 ммоль/л", "5.2"),
        ("COVID-19 и SARS", "covid-19"),
        ("Направление № 123-45/7", "123-45/7"),
        ("Приём 12.03.2026", "12.03.2026"),
        ("Анализ на сахар", "анализ на сахар"),
        ("Эхокардиография", "эхокард"),
        ("  кровь,моча  ", "моча"),
    ],
)
def test_find_takes_words_in_any_form(patient, text, words):
    entered(patient, text)

    found = queries.find(scope_of(patient), words)

    assert [hit.title for hit in found.hits] == [" ".join(text.split())]
    assert found.total == 1
    assert found.shown_for == ""
    assert any(run.is_hit for run in found.hits[0].title_runs)


@pytest.mark.parametrize("words", ["кровь моча", "узи", "J06.8", "5,3", "анал", "", "   ", "и", "!?…", "123"])
def test_find_wants_all_words_and_whole_ones(patient, words):
    entered(patient, "Общий рак кровь J06.9 5,2 1234")
    entered(PatientFactory(), "моча узи анализы 123")

    assert queries.find(scope_of(patient), words).hits == ()


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("сантибиотик", "антибиотик"),
        ("антибеотиками", "антибиотик"),
        ("анитбиотик", "антибиотик"),
        ("антибиоти", ""),
        ("кардеограмма", "кардиограмма"),
        ("кардеогр", "кардиограмма"),
        ("щирбаков", "щербаков"),
        ("нтибиотик", "антибиотик"),
        ("онтибиотик", "антибиотик"),
        ("натибиотик", "антибиотик"),
        ("fynb,bjnbr", "антибиотик"),
        ("кардиограмма сантибиотик", "кардиограмма антибиотик"),
    ],
)
def test_find_puts_typos_right(patient, words, meant):
    entered(patient, "Назначение", "Антибиотики, затем кардиограмма у доктора Щербакова")

    found = queries.find(scope_of(patient), words)

    assert found.total == 1
    assert found.shown_for == meant
    assert any(run.is_hit for run in found.hits[0].snippet)


@pytest.mark.parametrize("words", ["кит", "рок", "1235", "антибиотикотерапия", "хлеб антибиотик"])
def test_find_leaves_other_words_as_they_are(patient, words):
    entered(patient, "Кот", "рак 1234 антибиотик")

    found = queries.find(scope_of(patient), words)

    assert (found.total, found.shown_for) == (0, "")


def test_find_never_puts_a_word_right_by_somebody_elses_record(patient):
    entered(patient, "Анализ крови")
    entered(PatientFactory(), "Антибиотик")

    found = queries.find(scope_of(patient), "сантибиотик")

    assert (found.total, found.shown_for) == (0, "")


@pytest.mark.parametrize(("restricted", "total"), [("shown", 2), ("locked", 1), ("hidden", 1)])
def test_find_shows_what_is_under_secrecy_only_to_whom_it_is_shown(patient, restricted, total):
    entered(patient, "Осмотр психиатра", restricted=True)
    entered(patient, "Осмотр терапевта")
    scope = replace(scope_of(patient), restricted=Restricted(restricted))

    assert queries.find(scope, "осмотр").total == total
    assert bool(queries.find(scope, "психеатра").shown_for) == (total == 2)
    assert MedicalDocument.objects.filter(pk__in=queries.ids(scope, "осмотр").ids).count() == 0


def test_find_gathers_the_rows_of_all_sources(patient):
    other = PatientFactory(person=patient.person, source="lis")
    entered(patient, "Анализ крови")
    entered(other, "Анализ мочи")
    entered(PatientFactory(unlinked=True), "Анализ кала")

    assert set(titles(scope_of(patient), "анализ")) == {"Анализ крови", "Анализ мочи"}


def test_find_of_a_person_without_rows_is_empty():
    scope = scope_of(PatientFactory())

    assert queries.find(replace(scope, person_id=PatientFactory.build().pk), "анализ").total == 0


def test_find_pages_newest_first_and_undated_last(patient):
    for days in (2, 0, 1):
        entered(patient, f"Анализ {days}", at=AT - timedelta(days=days))
    entered(patient, "Анализ без даты", at=None)
    scope = scope_of(patient)

    assert titles(scope, "анализ") == ["Анализ 0", "Анализ 1", "Анализ 2", "Анализ без даты"]
    assert titles(scope, "анализ", limit=2, offset=1) == ["Анализ 1", "Анализ 2"]
    assert queries.find(scope, "анализ", limit=1, offset=9).total == 4


def test_find_narrows_to_kinds(patient):
    entered(patient, "Анализ крови")
    entered(patient, "Анализ назначен", kind="referral")
    scope = scope_of(patient)

    assert titles(scope, "анализ", kinds=["referral"]) == ["Анализ назначен"]
    assert len(titles(scope, "анализ", kinds=["referral", "document"])) == 2
    assert titles(scope, "анализ", kinds=["visit"]) == []


@pytest.mark.parametrize(
    "words",
    ['анализ"', "'анализ'", "анализ*", "NEAR(анализ)", "lemmas : анализ", "-анализ", "^анализ", "анализ AND", "\\",
     "a' OR 1=1 --", "анализ & | ! <-> :*", "'; DROP TABLE search_searchentry; --", "_a0", "%", "{анализ}", "\ud800",
     "анализ\x00", "анализ " * 100, "я" * 1000, "1" * 400],
)  # fmt: skip
def test_find_reads_the_syntax_of_a_database_as_nothing_special(patient, words):
    entered(patient, "Анализ крови")
    scope = scope_of(patient)

    found = queries.find(scope, words)

    assert found.total in (0, 1)
    assert queries.find(scope, "анализ").total == 1
    assert list(MedicalDocument.objects.filter(pk__in=queries.ids(scope, words).ids)) == []


def test_find_costs_two_statements_and_two_more_for_typos(patient, django_assert_num_queries):
    for number in range(30):
        entered(patient, f"Анализ крови {number}")
    scope = scope_of(patient)
    queries.find(scope, "анализ")

    with django_assert_num_queries(2):
        assert queries.find(scope, "анализ").total == 30
    with django_assert_num_queries(4):
        assert queries.find(scope, "анолиз").total == 30


def test_find_tells_the_access_log_what_was_read(patient):
    one = entered(patient, "Анализ крови")
    scope = scope_of(patient)

    queries.find(scope, "анализ")

    assert list(scope.reads.by_kind.values()) == [[str(one.subject_id)]]


def test_snippet_shows_the_hit_among_its_words(patient):
    filler = "Вода и хлеб. " * 40
    entered(patient, "Протокол", f"Начало. {filler}Выявлена анемия лёгкой степени. {filler}")

    snippet = queries.find(scope_of(patient), "анемией").hits[0].snippet

    text = text_of(snippet)
    assert text.startswith("…")
    assert text.endswith("…")
    assert "Выявлена [анемия] лёгкой степени." in text
    assert len(text) < 260


def test_snippet_without_a_hit_in_the_text_is_its_beginning(patient):
    entered(patient, "Анемия", "Жалоб нет. " * 40)

    hit = queries.find(scope_of(patient), "анемия").hits[0]

    assert text_of(hit.title_runs) == "[Анемия]"
    assert text_of(hit.snippet).startswith("Жалоб нет.")
    assert text_of(hit.snippet).endswith("…")


def test_ids_let_a_list_filter_and_sort_by_itself(patient, django_assert_num_queries):
    first = MedicalDocumentFactory(patient=patient, title="Б")
    second = MedicalDocumentFactory(patient=patient, title="А")
    other = MedicalDocumentFactory(patient=patient, title="В")
    for document, text in ((first, "Анализ крови"), (second, "анализы мочи"), (other, "Осмотр")):
        entered(patient, document.title, text, subject=document.pk)
    scope = scope_of(patient)

    queries.ids(scope, "анализ")
    with django_assert_num_queries(2):
        matched = queries.ids(scope, "анализ", kinds=["document"])
        found = list(MedicalDocument.objects.for_scope(scope).filter(pk__in=matched.ids).order_by("title"))

    assert found == [second, first]
    assert matched.shown_for == ""
    assert text_of(matched.marker.snippet("Сдан анализ крови")) == "Сдан [анализ] крови"


def test_ids_of_a_mistyped_word_cost_one_statement_more(patient, django_assert_num_queries):
    document = MedicalDocumentFactory(patient=patient)
    entered(patient, document.title, "Анализ крови", subject=document.pk)
    scope = scope_of(patient)

    queries.ids(scope, "анлиз")
    with django_assert_num_queries(2):
        matched = queries.ids(scope, "анлиз")

    assert MedicalDocument.objects.filter(pk__in=matched.ids).exists()
    assert matched.shown_for == "анализ"


def test_ids_of_words_that_say_nothing_find_nothing(patient):
    document = MedicalDocumentFactory(patient=patient)
    entered(patient, "и", subject=document.pk)

    assert not MedicalDocument.objects.filter(pk__in=queries.ids(scope_of(patient), "и").ids).exists()
