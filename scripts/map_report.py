"""Draw the maps of some sites, each on a sheet of its own, as PNG and SVG.

    python scripts/map_report.py projects.gpkg office/ 2025-10-31 out/ prohibited
    python scripts/map_report.py projects.gpkg office/ 2025-10-31 out/ P-001 a3

The last words are a site id, an outcome (prohibited, needs_information, not_checked,
restricted, clear) or ``all`` (one map of all sites), and a sheet (a4, a4-landscape, a3,
a3-landscape, figure). `redline review` draws the same maps into Word and PDF.
"""

from __future__ import annotations

import sys
from pathlib import Path

import layers
import spatial
from layers.names import safe_names
from spatial.report.static_map import MapMaker


def main(  # noqa: PLR0917 - the words of the command line, in their order
    sites: str, workspace: str, on: str, out: str, wanted: str, sheet: str = "a4"
) -> None:
    """Review all sites, then draw the wanted ones."""
    office = layers.open_workspace(workspace)
    projects = layers.read(sites, kind="project_site")
    review = spatial.review(projects, office, on=on)
    maker = MapMaker(review.content, review.lang, sheet)
    chosen = {
        one.site_id: one
        for one in review.content.sites
        if wanted in {one.site_id, one.outcome}
    }
    if not chosen and wanted != "all":
        sys.exit(f"no site is called {wanted!r} or has that outcome")
    made = {
        name: maker.of_site(chosen[one]) for name, one in safe_names(chosen).items()
    }
    if wanted == "all":
        made = {"all": maker.of_all()}
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for name, one in made.items():
        if one is None:
            print(f"{name}: no geometry, no map")
            continue
        for suffix, written in (("png", one.png), ("svg", one.svg)):
            if written is not None:
                path = folder / f"{name}.{suffix}"
                path.write_bytes(written)
                print(path)


if __name__ == "__main__":
    if len(sys.argv) not in {6, 7}:
        sys.exit(__doc__)
    main(*sys.argv[1:])
