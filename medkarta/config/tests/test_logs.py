"""A log never quotes the row that a database refused."""

import logging

import pytest
from django.db import Error, transaction

from medkarta.config import environment
from medkarta.config.logs import QuietFormatter
from medkarta.patients.tests.factories import PersonFactory

FAMILY, SNILS = "Конфиденциальная", "90000000182"


def formatted(error):
    record = logging.LogRecord(
        "medkarta", logging.ERROR, __file__, 1, "refused", (), (type(error), error, error.__traceback__)
    )
    return QuietFormatter("%(message)s").format(record)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"snils": SNILS}, {"patronymic": None}, {"gender": "x" * 9, "enp": None}])
def test_format_leaves_out_what_the_database_says(wrong):
    PersonFactory(snils=SNILS)
    row = PersonFactory.build(**{"given_name": FAMILY, **wrong})

    with pytest.raises(Error) as caught, transaction.atomic():
        row.save(force_insert=True)
    text = formatted(caught.value)

    assert FAMILY not in text
    assert SNILS not in text
    assert type(caught.value).__qualname__ in text
    assert "test_logs.py" in text


def test_format_keeps_the_words_of_other_errors_and_their_cause():
    try:
        try:
            raise KeyError("name")
        except KeyError as error:
            raise ValueError("of the page") from error
    except ValueError as error:
        text = formatted(error)

    assert text.index("KeyError: 'name'") < text.index("ValueError: of the page")


def test_format_leaves_out_what_was_suppressed():
    try:
        try:
            raise KeyError("name")
        except KeyError:
            raise ValueError from None
    except ValueError as error:
        text = formatted(error)

    assert "KeyError" not in text
    assert text.endswith("builtins.ValueError")


def test_logging_uses_it():
    assert environment.logging("INFO")["formatters"]["plain"]["()"] == "medkarta.config.logs.QuietFormatter"


@pytest.mark.django_db
def test_logging_says_nothing_of_a_foreign_host(client, caplog):
    """One line and a traceback for each request of a stranger would fill the disk."""
    answer = client.get("/", headers={"host": "elsewhere.example"})

    assert answer.status_code == 400
    assert "elsewhere.example" not in caplog.text


@pytest.mark.parametrize(
    ("address", "kept"), [("/calendar/S3cr-et_.ics", "/calendar/….ics"), ("/sent/S3cr-et_/?a", "/sent/…/?a")]
)
def test_format_cuts_the_secret_out_of_an_address(address, kept):
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "%s: %s", ("Error", address), None)

    text = QuietFormatter("%(message)s").format(record)

    assert text == f"Error: {kept}"
