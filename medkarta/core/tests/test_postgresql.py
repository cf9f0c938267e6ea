"""A kept connection that the server has ended is noticed before the next statement, without a statement."""

import time
from contextlib import suppress

import pytest
from django.db import connection, transaction

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only"),
]


def test_is_usable_asks_the_server_nothing(django_assert_num_queries):
    connection.ensure_connection()

    with django_assert_num_queries(0):
        assert connection.is_usable()


def test_is_usable_notices_a_connection_that_the_server_has_ended():
    connection.ensure_connection()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()

    deadline = time.monotonic() + 5
    while connection.is_usable() and time.monotonic() < deadline:
        time.sleep(0.01)

    assert not connection.is_usable()
    connection.close()


def test_a_long_statement_with_names_is_converted_once():
    from medkarta.core.postgresql import base  # needs the driver

    statement = f"SELECT %(one)s + %(two)s + %(one)s {' ' * 5000}"
    with connection.cursor() as cursor:
        for two in (2, 3):
            before = base._convert.cache_info()

            cursor.execute(statement, {"one": 1, "two": two})

            assert cursor.fetchone() == (2 + two,)
    assert base._convert.cache_info().hits == before.hits + 1


def test_a_rollback_keeps_what_the_server_has_planned():
    with connection.cursor() as cursor:
        for _ in range(4):
            cursor.execute("SELECT %s::int + 41", [1])
    before = planned()

    with suppress(ValueError), transaction.atomic():
        planned()
        raise ValueError

    assert "SELECT $1::int + 41" in before
    assert before <= planned()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int + 41", [1])
        assert cursor.fetchone() == (42,)


def planned():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {statement for (statement,) in cursor.fetchall()}
