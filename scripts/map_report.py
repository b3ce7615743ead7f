"""Make the map page of one site, or of all sites with one outcome.

    python scripts/map_report.py projects.gpkg office/ 2025-10-31 out/ prohibited
    python scripts/map_report.py projects.gpkg office/ 2025-10-31 out/ P-001

The last word is a site id or an outcome (prohibited, needs_information, not_checked,
restricted, clear). The page is one file and works with the network off.
"""

from __future__ import annotations

import sys

import layers
import spatial


def main(  # noqa: PLR0917 - the words of the command line, in their order
    sites: str, workspace: str, on: str, out: str, wanted: str
) -> None:
    """Review all sites, then write the report of the wanted ones."""
    office = layers.open_workspace(workspace)
    projects = layers.read(sites, kind="project_site")
    review = spatial.review(projects, office, on=on)

    table = review.outcomes
    chosen = table.index[(table["outcome"] == wanted) | (table.index == wanted)]
    if chosen.empty:
        sys.exit(f"no site is called {wanted!r} or has that outcome")
    for path in review.only(chosen).write(out):
        print(path)


if __name__ == "__main__":
    if len(sys.argv) != 6:  # noqa: PLR2004
        sys.exit(__doc__)
    main(*sys.argv[1:])
