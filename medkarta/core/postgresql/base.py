"""The backend that `DATABASES` names. Everything but `is_usable` is Django's."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """One kept connection of one thread."""

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
