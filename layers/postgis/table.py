"""Which table of which database, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass, field

CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class PostgisTable:
    """A table, partitioned table, view or materialised view of a PostGIS database.

    What is not said of the connection is libpq's own business: it looks into
    ``pg_service.conf``, ``.pgpass`` and its environment variables (``PGPASSWORD`` ...).
    This library reads none of them, and passes none of them on.

    Attributes
    ----------
    name, schema
        As the database has them: dots, quotes and capitals are part of the name.
    geometry
        The geometry column; may be left out when the table has one alone.
    service
        An entry of ``pg_service.conf``.
    host, port, database, user
        In place of a service. `host` may be the folder of a Unix socket.
    password
        Better kept in ``.pgpass``. Never printed, and in no error or provenance; nor
        are host and user.
    connect_timeout_s
        Whole seconds; libpq takes less than 2 as 2.
    statement_timeout_s
        For each statement, waiting for locks included.
    """

    name: str
    schema: str = "public"
    geometry: str | None = None
    service: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    connect_timeout_s: int = CONNECT_TIMEOUT_S
    statement_timeout_s: float = STATEMENT_TIMEOUT_S

    def __str__(self) -> str:
        """Return ``PostGIS table plan.redline``, for messages and provenance."""
        return f"PostGIS table {self.schema}.{self.name}"

    def login(self) -> dict[str, str | int]:
        """Return what libpq is told; what was not said is left to it."""
        said = {
            "service": self.service,
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": self.user,
            "password": self.password,
            "connect_timeout": self.connect_timeout_s,
            "application_name": "ecoredline",
            "client_encoding": "UTF8",
        }
        return {key: value for key, value in said.items() if value is not None}
