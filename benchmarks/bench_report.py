"""What the reports of a batch cost, the review being there; see README.md here.

    python benchmarks/bench_report.py [--quick] [--data FOLDER]

1,000 sites against 5,000 zones of 500,000 vertices by the national rulebooks. The
overview of the run: page and workbook of the batch (`index.html`, `index.xlsx`) with a
map of all sites, then the run's own page, workbook, Word and PDF. Then every format of
one site with its map: the first and, as libraries and typefaces are loaded by then,
the next nine. Aims of issue 8: the overview in 60 s, one site in 5 s.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench_review import ON, office, timed
from generate import prepare

import layers
import spatial
from layers.names import safe_names
from spatial.report.batch import write_batch
from spatial.report.static_map import MapMaker
from spatial.report.write import FORMATS

SITES, QUICK = 1_000, 50
NEXT = 9


def main() -> None:
    """Make the review, and take the time of its reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", type=Path, help="not used here")
    options = parser.parse_args()
    data = options.data or Path(tempfile.gettempdir()) / "ecoredline-bench"
    files = prepare(data, "page")
    with tempfile.TemporaryDirectory() as name:
        measure(*files, Path(name), QUICK if options.quick else SITES)


def measure(site_file: Path, zone_file: Path, folder: Path, count: int) -> None:
    """Print what each step takes."""
    site_file = office(site_file, zone_file, folder)
    workspace = layers.open_workspace(folder)
    # every so many of them, so that they lie all over the region
    frame = layers.read(site_file, kind="project_site").frame
    some = frame.iloc[:: max(1, len(frame) // count)].head(count)
    sites = layers.from_frame(some, kind="project_site")
    print(f"\n{len(sites)} sites\n\n| step | s | processor, s |\n|---|---|---|")
    review = timed("review", lambda: spatial.review(sites, workspace, on=ON))
    ids = [one.site_id for one in review.content.sites]
    names = {site: name for name, site in safe_names(dict.fromkeys(ids)).items()}

    def overview() -> None:
        drawn = MapMaker(review.content, review.lang, vector=False).of_all()
        files = tuple(FORMATS.values())
        write_batch(
            review.content, folder, folders=names, formats=files, overview=drawn
        )

    timed("overview: index.html and index.xlsx, with a map", overview)
    timed(
        "the run: page, workbook, Word, PDF, data, with maps",
        lambda: review.write(folder / "run", formats=tuple(FORMATS), maps=True),
    )

    def one(place: int) -> None:
        some = review.only([ids[place]])
        some.write(folder / f"one-{place}", formats=tuple(FORMATS), maps=True)

    timed("one site, every format, with its map: the first", lambda: one(0))
    timed(f"the next {NEXT} sites", lambda: [one(at + 1) for at in range(NEXT)])


if __name__ == "__main__":
    main()
