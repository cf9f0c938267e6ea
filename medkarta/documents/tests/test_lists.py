"""The list: by days, by words inside, with any number of rows."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from medkarta.core.scopes import Restricted
from medkarta.documents import entries, queries
from medkarta.documents.models import DocumentReading, DocumentSignature, MedicalDocument
from medkarta.documents.queries import Filters
from medkarta.documents.tests.factories import NOW, MedicalDocumentFactory
from medkarta.documents.tests.test_queries import listed, table, titles
from medkarta.documents.tests.test_views import fetch, text
from medkarta.patients.tests.factories import PatientFactory, scope_of

pytestmark = pytest.mark.django_db


def entered(patient, words, **values):
    """Make a document with these words in its text, known to the search."""
    document = MedicalDocumentFactory(patient=patient, **values)
    DocumentReading.objects.create(document=document, text=words)
    entries.enter([(document, words)])
    return document


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (date(2026, 3, 2), None, ["Утро", "Вечер"]),
        (date(2026, 3, 3), None, ["Утро"]),
        (None, date(2026, 3, 2), ["Вечер"]),
        (None, date(2026, 3, 1), []),
        (date(2026, 3, 2), date(2026, 3, 3), ["Утро", "Вечер"]),
    ],
)
def test_list_documents_takes_days_of_the_clinics_zone_whole(since, until, found):
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient, title="Вечер", dated_at=datetime(2026, 3, 2, 20, 59, tzinfo=UTC))
    MedicalDocumentFactory(patient=patient, title="Утро", dated_at=datetime(2026, 3, 2, 21, 0, tzinfo=UTC))
    MedicalDocumentFactory(patient=patient, title="Без даты", dated_at=None)

    assert titles(listed(patient, filters=Filters(since=since, until=until))) == found


def test_list_documents_finds_words_inside_in_any_form_and_shows_where():
    patient = PatientFactory()
    entered(patient, "Жалобы на кашель и одышку при ходьбе. " + "Кожа чистая. " * 60, title="Приём терапевта")
    entered(patient, "Зрение в норме", title="Приём окулиста")
    entered(PatientFactory(), "Кашель", title="Чужое")

    found = listed(patient, filters=Filters(words="кашля"))

    assert titles(found) == ["Приём терапевта"]
    assert [piece for piece, is_hit in found.rows[0].snippet if is_hit] == ["кашель"]
    assert len("".join(piece for piece, _is_hit in found.rows[0].snippet)) < 300


def test_list_documents_says_for_which_words_it_found_something():
    patient = PatientFactory()
    entered(patient, "Назначена спирометрия", title="Приём терапевта")

    found = listed(patient, filters=Filters(words="спирометия"))

    assert titles(found) == ["Приём терапевта"]
    assert found.shown_for == "спирометрия"


@pytest.mark.parametrize(
    ("restricted", "count"), [(Restricted.SHOWN, 1), (Restricted.LOCKED, 0), (Restricted.HIDDEN, 0)]
)
def test_list_documents_finds_no_words_of_secret_documents(restricted, count):
    patient = PatientFactory()
    entered(patient, "Наблюдение", title="Осмотр", is_restricted=True)

    found = listed(patient, restricted=restricted, filters=Filters(words="наблюдение"))

    assert (found.table.total, len(found.rows)) == (count, count)


def test_list_shows_a_hit_marked_and_nothing_of_it_as_markup():
    patient = PatientFactory()
    entered(patient, "<script>alert(1)</script> одышка", title="Приём")

    page = text(fetch(patient, "documents/?q=одышка"))

    assert "<mark>одышка</mark>" in page
    assert "&lt;script&gt;alert(1)" in page


def test_list_keeps_every_filter_in_its_form():
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient, facility_name="Первая")
    MedicalDocumentFactory(patient=patient, facility_name="Вторая", kind_name="Эпикриз")

    page = text(fetch(patient, "documents/?kind=Эпикриз&facility=Вторая&since=2026-11-01&until=2026-11-30&sort=title"))

    assert '<option value="Эпикриз" selected>' in page
    assert '<option value="Вторая" selected>' in page
    assert 'name="since" type="date" value="2026-11-01"' in page
    assert 'name="until" type="date" value="2026-11-30"' in page
    assert "Найдено: 1" in page


@pytest.mark.parametrize("query", ["since=2026-13-01", "until=9999-12-31", "since=0001-01-01", "since=вчера", "q=%20"])
def test_list_takes_days_that_cannot_be_for_none(query):
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient)

    assert "Всего: 1" in text(fetch(patient, f"documents/?{query}"))


@pytest.mark.parametrize(
    ("query", "are_shown"), [("", True), ("?q=слово", False), ("?year=2026", False), ("?page=2", False)]
)
def test_list_shows_orders_until_something_is_looked_for(query, are_shown):
    assert ("Заявки на справки" in text(fetch(PatientFactory(), f"documents/{query}"))) is are_shown


@pytest.mark.parametrize(
    ("states", "shown"), [(["valid"], "Подпись верна"), (["valid", "invalid"], "Подпись не подтвердилась"), ([], "")]
)
def test_list_shows_the_worst_state_of_the_signatures(states, shown):
    document = MedicalDocumentFactory()
    for number, state in enumerate(states):
        DocumentSignature.objects.create(
            document_id=document.pk, origin_id=document.pk, sha256=f"{number:064}", storage_key="0" * 64, size=1,
            state=state, arrived_at=NOW, checked_at=NOW,
        )  # fmt: skip

    page = text(fetch(document.patient, "documents/"))

    assert shown in page
    assert ("Подпись" in page[page.index("<tbody") : page.index("</tbody")]) is bool(shown)


def test_list_of_five_thousand_takes_no_more_statements(django_assert_num_queries):
    patient = PatientFactory()
    MedicalDocument.objects.bulk_create(
        MedicalDocument(
            id=uuid4(), patient=patient, title=f"Протокол {number}", kind_name=f"Вид {number % 40}", status="current",
            facility_name=f"Поликлиника {number % 9}", dated_at=NOW - timedelta(hours=number), received_at=NOW,
        )
        for number in range(5000)
    )  # fmt: skip
    scope = scope_of(patient)

    with django_assert_num_queries(2):
        found = queries.list_documents(scope, filters=Filters(), table=table())
    with django_assert_num_queries(2):
        last = queries.list_documents(scope, filters=Filters(kind="Вид 3"), table=table(page="7"))

    assert (found.table.total, len(found.rows), len(found.kinds), len(found.facilities)) == (5000, 20, 40, 9)
    assert (last.table.total, len(last.rows)) == (125, 5)
