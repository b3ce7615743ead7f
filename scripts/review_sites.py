"""Review project sites against an office's control layers: copy this as a start.

python scripts/review_sites.py projects.gpkg office/ 2025-10-31 out/
"""

from __future__ import annotations

import sys

import layers
import spatial


def main(sites: str, workspace: str, on: str, out: str) -> None:
    """Review the sites of a file and write the results to a folder."""
    office = layers.open_workspace(workspace)
    projects = layers.read(sites, kind="project_site")
    review = spatial.review(projects, office, on=on)

    print(review.outcomes["outcome"].value_counts().to_string())
    for path in review.write(out):
        print(path)


if __name__ == "__main__":
    if len(sys.argv) != 5:  # noqa: PLR2004
        sys.exit(__doc__)
    main(*sys.argv[1:])
