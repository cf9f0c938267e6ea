"""Pictures of a text: read once for all that ask soon after, shown to nobody else for it."""

from base64 import b64encode

import pytest
from django.utils import translation

from medkarta.core.blocks import Picture
from medkarta.core.errors import NotFound
from medkarta.documents import queries
from medkarta.documents.models import DocumentContent
from medkarta.documents.queries.pictures import Pictures
from medkarta.documents.tests.papers import cda, picture
from medkarta.documents.tests.test_shown import document_of
from medkarta.integrations.storage.port import storage
from medkarta.patients.tests.factories import PatientFactory, scope_of

pytestmark = pytest.mark.django_db
CDA = "application/hl7-v3+xml"


def with_pictures(*data):
    """Return a CDA document of one section that shows these pictures."""
    media = '<entry><observationMedia><value representation="B64">{}</value></observationMedia></entry>'
    inside = "".join(media.format(b64encode(one).decode()) for one in data)
    section = f"<component><section><title>Снимки</title>{inside}</section></component>"
    return cda(f"<structuredBody>{section}</structuredBody>")


def test_get_picture_reads_the_document_once():
    document = document_of(with_pictures(picture("PNG"), picture("JPEG")), content_type=CDA)
    scope = scope_of(document.patient)

    first, second, again = (queries.get_picture(scope, document.pk, number) for number in (1, 2, 1))

    assert (first.data, second.data) == (picture("PNG"), picture("JPEG"))
    assert first is again, "read anew it would be another object"


def test_get_picture_gives_what_the_document_has_now():
    document = document_of(with_pictures(picture("PNG")), content_type=CDA)
    scope = scope_of(document.patient)
    queries.get_picture(scope, document.pk, 1)

    key = storage().put(with_pictures(picture("JPEG")))
    DocumentContent.objects.filter(owner_id=document.pk).update(storage_key=key)

    assert queries.get_picture(scope, document.pk, 1).data == picture("JPEG")


def test_get_picture_checks_and_notes_who_asks_each_time():
    document = document_of(with_pictures(picture()), content_type=CDA)
    scope, stranger = scope_of(document.patient), scope_of(PatientFactory())
    queries.get_picture(scope, document.pk, 1)

    with pytest.raises(NotFound):
        queries.get_picture(stranger, document.pk, 1)
    again = scope_of(document.patient)
    queries.get_picture(again, document.pk, 1)

    assert again.reads.by_kind == {"DocumentReference": [str(document.pk)]}


def test_get_picture_speaks_the_language_of_who_asks():
    document = document_of(with_pictures(picture()), content_type=CDA)
    scope = scope_of(document.patient)

    with translation.override("ru"):
        russian = queries.get_picture(scope, document.pk, 1)
    with translation.override("en"):
        english = queries.get_picture(scope, document.pk, 1)

    assert russian.alt != english.alt


@pytest.mark.parametrize("number", [0, 2])
def test_get_picture_of_another_number_is_missing(number):
    document = document_of(with_pictures(picture()), content_type=CDA)
    scope = scope_of(document.patient)
    queries.get_picture(scope, document.pk, 1)

    with pytest.raises(NotFound):
        queries.get_picture(scope, document.pk, number)


def kept(most, *sizes):
    """Return which of these documents, each of one picture of so many bytes, are still kept at the end."""
    pictures = Pictures(most)
    for number, size in enumerate(sizes):
        pictures.keep((str(number), "ru"), (Picture(1, "image/png", bytes(size), ""),))
    return [number for number in range(len(sizes)) if pictures.get((str(number), "ru")) is not None]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((4, 6), [0, 1]), ((4, 7), [1]), ((1, 10), [1]), ((4, 11), [0]), ((5, 5, 1), [1, 2]), ((0, 10), [0, 1])],
)
def test_pictures_are_kept_up_to_a_number_of_bytes(sizes, expected):
    assert kept(10, *sizes) == expected


def test_pictures_of_a_bounded_number_of_documents_are_kept():
    assert kept(10, *[0] * 40) == list(range(8, 40))


def test_pictures_asked_for_last_stay_longest():
    pictures = Pictures(2)
    one = (Picture(1, "image/png", b"1", ""),)
    pictures.keep(("a", "ru"), one)
    pictures.keep(("b", "ru"), one)
    pictures.get(("a", "ru"))
    pictures.keep(("c", "ru"), one)

    assert [key for key in "abc" if pictures.get((key, "ru")) is not None] == ["a", "c"]
