"""Makes the stored ledger of the current version; run once, before it is released.

python tests/support/make_stored_ledger.py
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path


def main() -> None:
    """Write the file; only when asked, since pytest imports whatever lies here."""
    from ledger_life import BOSS, Clock, live

    from spatial.ledger import create_ledger, tables

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.gpkg"
        live(create_ledger(path, actor=BOSS, clock=Clock()))
        packed = gzip.compress(path.read_bytes(), 9, mtime=0)
    golden = Path(__file__).resolve().parents[1] / "golden"
    (golden / f"ledger_v{tables.VERSION}.gpkg.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
