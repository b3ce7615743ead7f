"""A table of a PostGIS database as a source of a layer, read by a box of degrees.

    table = layers.PostgisTable("redline", schema="plan", service="office")
    zones = layers.read_postgis(
        table, kind="ecological_redline", bbox=(107.0, 40.0, 108.0, 41.0))

The database hands rows over and does not judge: everything is reckoned here, with the
checks that a file gets. Nothing connects anywhere unless such a table is named.
"""

from layers.postgis.reading import read_postgis
from layers.postgis.table import PostgisTable

__all__ = ["PostgisTable", "read_postgis"]
