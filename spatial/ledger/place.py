"""Where a ledger on a server lies."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Server:
    """A schema of a PostGIS database that holds one ledger.

    What is not said of the connection is libpq's own business (``pg_service.conf``,
    ``.pgpass``, its environment variables), as with `layers.PostgisTable`.

    Attributes
    ----------
    schema
        Where the tables lie; made by `create_ledger`.
    service, host, port, database, user, password
        As of `layers.PostgisTable`.
    connect_timeout_s
        Whole seconds.
    """

    schema: str = "ledger"
    service: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    connect_timeout_s: int = 10

    def __str__(self) -> str:
        """Return ``PostGIS schema ledger``: no host and no user."""
        return f"PostGIS schema {self.schema}"

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
            "application_name": "ecoredline ledger",
            "client_encoding": "UTF8",
        }
        return {key: value for key, value in said.items() if value is not None}
