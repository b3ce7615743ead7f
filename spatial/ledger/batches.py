"""From a run's folder, or a list of problems, to what is entered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from spatial.ledger.entering import Batch, enter
from spatial.ledger.matching import load_settings
from spatial.ledger.review_folder import read_review, review_links
from spatial.ledger.run_folder import observed, read_run
from spatial.ledger.sources import ORIGINS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from layers.text import Lang
    from spatial.ledger.entering import Entered
    from spatial.ledger.ledger import Ledger
    from spatial.ledger.matching import MatchSettings
    from spatial.ledger.review_folder import ReviewFolder
    from spatial.ledger.run_folder import Images, RunFolder
    from spatial.ledger.sources import Listing


def enter_run(
    ledger: Ledger,
    folder: Path | str,
    *,
    images: Images | None = None,
    reviews: Sequence[Path | str] = (),
    settings: MatchSettings | None = None,
    only: Collection[str] | None = None,
    lang: Lang = "zh",
) -> Entered:
    """Enter the folder of a monitoring run.

    Parameters
    ----------
    ledger
        Open for somebody who may enter.
    folder
        Written by `redline monitor`.
    images
        Its two images: then it is known how much of each case's ground was seen. Of
        cases that lie in zones which were seen throughout it is known without.
    reviews
        Folders of siting reviews: cases are linked with the sites that they meet.
    settings, only, lang
        As for `spatial.ledger.entering.enter`.

    Returns
    -------
    Entered
        What was done.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        A folder is none, was changed since, or the images are not those of the run.
    RoleError, LedgerError
        As for `spatial.ledger.entering.enter`.
    """
    chosen = settings or load_settings()
    batch = batch_of_run(
        read_run(folder),
        images=images,
        reviews=[read_review(one) for one in reviews],
        settings=chosen,
    )
    return enter(ledger, batch, settings=chosen, only=only, lang=lang)


def enter_listing(
    ledger: Ledger,
    listing: Listing,
    *,
    reviews: Sequence[Path | str] = (),
    settings: MatchSettings | None = None,
    lang: Lang = "zh",
) -> Entered:
    """Enter a list of problems; see `spatial.ledger.sources.read_listing`.

    Raises
    ------
    InputRefusedError
        There is no row that could be entered.
    RoleError, LedgerError
        As for `spatial.ledger.entering.enter`.
    """
    chosen = settings or load_settings()
    batch = batch_of_listing(
        listing, reviews=[read_review(one) for one in reviews], settings=chosen
    )
    return enter(ledger, batch, settings=chosen, lang=lang)


def batch_of_run(
    run: RunFolder,
    *,
    images: Images | None = None,
    reviews: Sequence[ReviewFolder] = (),
    settings: MatchSettings,
) -> Batch:
    """Return what of a monitoring run is entered.

    Raises
    ------
    InputRefusedError
        The images are not those of the run.
    """
    if images is not None:
        _need_same(run, images)
    links = review_links(run.clues, reviews, tolerance_m=settings.gap_m)
    return Batch(
        run_id=run.run_id,
        on=run.on,
        before_on=run.before_on,
        clues=run.clues,
        whole=False,
        source="monitor",
        aside=run.aside,
        reach=run.zones.geometry if run.is_usable and len(run.zones) else None,
        observe=partial(observed, run=run, images=images),
        links=links,
        hashes=run.hashes,
        facts={
            "about": "monitoring",
            "before_on": run.before_on.isoformat() if run.before_on else None,
            "is_usable": run.is_usable,
            "notices": list(run.notices),
            "set_aside": len(run.aside),
            "with_images": images is not None,
        },
    )


def _need_same(run: RunFolder, images: Images) -> None:
    """Refuse images that the run did not compare."""
    for name, image in zip(("before", "after"), images, strict=True):
        wanted, got = run.hashes.get(f"image:{name}"), image.sha256()
        if wanted != got:
            raise InputRefusedError(
                source=image.source,
                expected=f"the {name} image of the run (SHA-256 {wanted})",
                got=f"another one ({got})",
                todo="give the images that the run compared, or none",
            )


def batch_of_listing(
    listing: Listing,
    *,
    reviews: Sequence[ReviewFolder] = (),
    settings: MatchSettings,
) -> Batch:
    """Return what of a list is entered.

    Raises
    ------
    InputRefusedError
        There is no row that could be entered.
    """
    if listing.on is None:
        raise InputRefusedError(
            source=listing.source,
            expected="a list with a row that can be entered",
            got=f"none; {len(listing.refused)} rows were set aside",
            todo="see the reasons beside the rows",
        )
    said = [*listing.clues["origin"], *listing.placeless["origin"]]
    return Batch(
        run_id=listing.run_id,
        on=listing.on,
        clues=listing.clues,
        placeless=listing.placeless,
        reporters=listing.reporters,
        links=review_links(listing.clues, reviews, tolerance_m=settings.gap_m),
        hashes={f"list:{listing.source}": listing.sha256},
        facts={
            "about": "list",
            "refused": len(listing.refused),
            **{name: said.count(name) for name in ORIGINS if name in said},
        },
    )
