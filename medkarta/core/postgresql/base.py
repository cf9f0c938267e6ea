"""The backend that `DATABASES` names. Everything but `is_usable` and the conversion of long statements is Django's."""

import select
from functools import lru_cache
from typing import Any

from django.db.backends.postgresql import base
from psycopg._preparing import PrepareManager
from psycopg._queries import PostgresQuery, _query2pg_nocache

_convert = lru_cache(maxsize=32)(lambda query, encoding: _query2pg_nocache(query.encode(encoding), encoding))


class _Query(PostgresQuery):
    """Keeps a statement with named parameters in the driver's form, however long it is.

    The driver itself converts one of more than 4096 characters anew each time, since an ORM's long ones rarely
    return. Those have no names; ours return with each page.
    """

    __slots__ = ()

    def convert(self, query: Any, vars: Any) -> None:
        if type(query) is not str or type(vars) is not dict:
            return super().convert(query, vars)
        self.query, self._want_formats, self._order, self._parts = _convert(query, self._tx.encoding)
        return self.dump(vars)


class _Cursor(base.ServerBindingCursor):
    _query_cls = _Query


class DatabaseWrapper(base.DatabaseWrapper):
    """One kept connection of one thread."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if connection.cursor_factory is base.ServerBindingCursor:
            connection.cursor_factory = _Cursor
        return connection

    def _rollback(self) -> None:
        """Roll back and keep the statements that the server has planned.

        The driver drops them all, for the case that a table was made in the transaction: here only migrations make
        any. A refusal rolls back, and one refused booking would cost the next pages of its connection their plans.
        """
        connection = self.connection
        if connection is None:
            return
        planned = connection._prepared
        connection._prepared = PrepareManager()  # what is cleared in its place
        try:
            with self.wrap_database_errors:
                connection.rollback()
        finally:
            connection._prepared = planned

    def is_usable(self) -> bool:
        """Tell whether the server is still there.

        Asked once a request. A server that has ended a connection has said so: then there is something to read on a
        socket where nothing is awaited. Only in that case is it asked by a statement, as Django does each time.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        if not poll.poll(0):
            return True
        usable: bool = super().is_usable()
        return usable
