from django.db.backends.postgresql import base
from psycopg import OperationalError


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the server has hung up, by what has arrived from it.

        Django would ask the server, a statement for each request.
        """
        if self.connection is None:
            return False
        try:
            self.connection.pgconn.consume_input()  # a server that goes away says so
            self.connection.pgconn.consume_input()  # and is gone
        except OperationalError:
            return False
        return not self.connection.closed
