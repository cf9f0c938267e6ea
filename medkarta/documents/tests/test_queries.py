from datetime import UTC, datetime
from uuid import uuid4

import pytest

from medkarta.core.errors import NotFound
from medkarta.core.scopes import Restricted
from medkarta.documents import queries
from medkarta.documents.models import StoredBinary
from medkarta.documents.queries import Filters
from medkarta.documents.tests.factories import DocumentContentFactory, MedicalDocumentFactory, file_of
from medkarta.facilities.tests.factories import FacilityFactory
from medkarta.patients.tests.factories import PatientFactory, scope_of
from medkarta.ui.tables import Column, Table

pytestmark = pytest.mark.django_db


def table(**params):
    columns = [Column(key, key) for key in ("title", "date", "facility")]
    return Table.read(params, columns=columns, default="-date", path="/p/key/documents/")


def listed(patient, *, restricted=Restricted.HIDDEN, filters=None, **params):
    scope = scope_of(patient, restricted=restricted)
    return queries.list_documents(scope, filters=filters or Filters(), table=table(**params))


def titles(found):
    return [row.title for row in found.rows]


def test_list_documents_shows_the_persons_own_of_every_source_and_nobody_elses():
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient, title="Одно")
    MedicalDocumentFactory(patient=PatientFactory(person=patient.person, source="other"), title="Другое")
    MedicalDocumentFactory(title="Чужое")
    MedicalDocumentFactory(patient=patient, title="Отозванное", is_withdrawn=True)

    found = listed(patient)

    assert sorted(titles(found)) == ["Другое", "Одно"]
    assert found.table.total == 2


@pytest.mark.parametrize(
    ("restricted", "count", "locked"), [(Restricted.SHOWN, 2, 0), (Restricted.LOCKED, 1, 1), (Restricted.HIDDEN, 1, 0)]
)
def test_list_documents_keeps_secret_ones_from_scopes_that_may_not_see_them(restricted, count, locked):
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient)
    MedicalDocumentFactory(patient=patient, is_restricted=True, kind_name="Психиатрия")

    found = listed(patient, restricted=restricted)

    assert (len(found.rows), found.table.total, found.locked) == (count, count, locked)
    assert ("Психиатрия" in found.kinds) is (restricted is Restricted.SHOWN)


def test_list_documents_hides_what_a_visible_newer_version_replaces():
    patient = PatientFactory()
    old = MedicalDocumentFactory(patient=patient, title="Старая")
    new = MedicalDocumentFactory(patient=patient, title="Новая", replaces_id=old.pk)
    kept = MedicalDocumentFactory(patient=patient, title="Осталась")
    MedicalDocumentFactory(patient=patient, is_restricted=True, replaces_id=kept.pk)
    MedicalDocumentFactory(replaces_id=kept.pk)

    assert sorted(titles(listed(patient))) == ["Новая", "Осталась"]
    page = queries.get_document(scope_of(patient), old.pk)
    assert (page.is_superseded, page.replaced_by) == (True, new.pk)
    assert queries.get_document(scope_of(patient), new.pk).replaces == old.pk
    assert queries.get_document(scope_of(patient), kept.pk).replaced_by is None


def test_list_documents_filters_by_words_kind_clinic_and_year():
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient, title="Приём ЛОР-врача", kind_name="Протокол", facility_name="Первая")
    MedicalDocumentFactory(
        patient=patient,
        title="Выписка",
        kind_name="Эпикриз",
        facility_name="Вторая",
        dated_at=datetime(2024, 3, 1, tzinfo=UTC),
    )

    assert titles(listed(patient, filters=Filters(words="ВРАЧА прием"))) == ["Приём ЛОР-врача"]
    assert titles(listed(patient, filters=Filters(kind="Эпикриз"))) == ["Выписка"]
    assert titles(listed(patient, filters=Filters(facility="Первая"))) == ["Приём ЛОР-врача"]
    assert titles(listed(patient, filters=Filters(year=2024))) == ["Выписка"]
    found = listed(patient, filters=Filters(words="нет такого"))
    assert (found.rows, found.kinds, found.facilities, found.first_year) == (
        (),
        ("Протокол", "Эпикриз"),
        ("Вторая", "Первая"),
        2024,
    )


def test_list_documents_names_the_clinic_of_the_directory_and_else_as_the_sender_did():
    patient = PatientFactory()
    clinic = FacilityFactory(name="Поликлиника № 3")
    MedicalDocumentFactory(patient=patient, title="А", facility_id=clinic.pk, facility_name="ГБУЗ")
    MedicalDocumentFactory(patient=patient, title="Б", facility_id=uuid4(), facility_name="Ещё не пришла")

    assert [row.place for row in listed(patient, sort="title").rows] == ["Поликлиника № 3", "Ещё не пришла"]


def test_list_documents_sorts_and_leaves_undated_last_either_way():
    patient = PatientFactory()
    MedicalDocumentFactory(patient=patient, title="Ранний", dated_at=datetime(2025, 1, 1, tzinfo=UTC))
    MedicalDocumentFactory(patient=patient, title="Поздний")
    MedicalDocumentFactory(patient=patient, title="Без даты", dated_at=None)

    assert titles(listed(patient)) == ["Поздний", "Ранний", "Без даты"]
    assert titles(listed(patient, sort="date")) == ["Ранний", "Поздний", "Без даты"]


def test_list_documents_takes_two_statements_for_any_number_of_rows(django_assert_num_queries):
    patient = PatientFactory()
    for _each in range(25):
        file_of(MedicalDocumentFactory(patient=patient))

    for restricted in (Restricted.HIDDEN, Restricted.LOCKED):
        with django_assert_num_queries(2):
            found = listed(patient, restricted=restricted)

    assert (len(found.rows), found.table.total, found.rows[0].file) == (20, 25, 1)


def test_list_documents_writes_down_what_was_read():
    patient = PatientFactory()
    document = MedicalDocumentFactory(patient=patient)
    scope = scope_of(patient)

    queries.list_documents(scope, filters=Filters(), table=table())

    assert scope.reads.by_kind == {"DocumentReference": [str(document.pk)]}


def test_get_document_of_another_person_looks_missing():
    theirs = MedicalDocumentFactory()
    file_of(theirs)

    with pytest.raises(NotFound):
        queries.get_document(scope_of(PatientFactory()), theirs.pk)
    with pytest.raises(NotFound):
        queries.get_file(scope_of(PatientFactory()), theirs.pk, 1)


def test_get_file_of_a_secret_document_needs_the_right_scope():
    patient = PatientFactory()
    document = MedicalDocumentFactory(patient=patient, is_restricted=True)
    file_of(document)

    with pytest.raises(NotFound):
        queries.get_file(scope_of(patient, restricted=Restricted.LOCKED), document.pk, 1)
    assert queries.get_file(scope_of(patient, restricted=Restricted.SHOWN), document.pk, 1).size


@pytest.mark.parametrize("values", [{"outside": True}, {"outside": True, "binary_id": uuid4()}])
def test_get_file_that_is_not_here_is_missing(values):
    patient = PatientFactory()
    document = MedicalDocumentFactory(patient=patient)
    file_of(document, **values)

    with pytest.raises(NotFound):
        queries.get_file(scope_of(patient), document.pk, 1)
    assert listed(patient).rows[0].file is None
    assert queries.list_files(scope_of(patient), document.pk)[0].is_awaited is ("binary_id" in values)


def test_a_binary_that_belongs_to_another_patient_is_not_handed_out():
    patient = PatientFactory()
    document = MedicalDocumentFactory(patient=patient)
    theirs = StoredBinary.objects.create(
        patient_id=PatientFactory().pk,
        content_type="text/plain",
        size=1,
        sha256="0" * 64,
        sha1="",
        storage_key="0" * 64,
    )
    file_of(document, outside=True, binary_id=theirs.pk)

    with pytest.raises(NotFound):
        queries.get_file(scope_of(patient), document.pk, 1)
    assert listed(patient).rows[0].file is None


def test_first_files_gives_the_first_at_hand_of_each_owner():
    patient = PatientFactory()
    one, two, three = (MedicalDocumentFactory(patient=patient) for _each in range(3))
    file_of(one, outside=True)
    file_of(one, position=2)
    file_of(one, position=3)
    file_of(two)
    DocumentContentFactory(owner_id=three.pk, patient=PatientFactory())

    assert queries.first_files(scope_of(patient), [one.pk, two.pk, three.pk]) == {one.pk: 2, two.pk: 1}
