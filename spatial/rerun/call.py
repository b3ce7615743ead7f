"""What a review is called with, and how it is carried out: once for both commands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from layers import document
from layers.datum import REGIONS, parse_shift
from layers.errors import DocumentError, InputRefusedError
from layers.read import read
from layers.workspace import open_workspace
from layers.workspace.office import FILE_NAME
from spatial.override.read import read_overrides
from spatial.policy.load import builtin
from spatial.rerun.cut import cut_down
from spatial.rerun.places import found, place, shift_found, shift_told
from spatial.siting import review, review_in_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from layers.layer import Layer, Workspace
    from layers.text import Lang
    from spatial.policy.judge import Progress
    from spatial.policy.model import About
    from spatial.siting import Review

Other: TypeAlias = "dt.date | Path | tuple[str, ...]"
"""With what a review is compared: another day, workspace, or list of rulebooks."""

_RULEBOOK = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class ReviewCall:
    """What a review is called with.

    Attributes
    ----------
    sites, workspace
        Where the projects and the office's document lie.
    on
        The day whose law and layers count.
    lang
        Of the results.
    about
        What is judged: ``project`` or ``activity``.
    layer, crs, datum_shift, datum_region, encoding
        What is stated about the file of the projects, as the command line takes it.
    overrides
        File of overrides, or None.
    compare
        With what the review is compared, or None; see `other_of`.
    avoid
        Whether help to avoid is looked for.
    part_size, part
        Sites in a part, and which part (from 1); None: all at once. Without overrides
        and comparison.
    only
        Ids of the sites that the results are cut down to; empty: all.
    fonts
        Folder with the typefaces of PDF and maps; None: those of the machine.
    maps
        Whether Word and PDF hold maps.
    """

    sites: Path
    workspace: Path
    on: dt.date
    lang: Lang = "zh"
    about: About = "project"
    layer: str | None = None
    crs: str | None = None
    datum_shift: str | None = None
    datum_region: str | None = None
    encoding: str | None = None
    overrides: Path | None = None
    compare: Other | None = None
    avoid: bool = False
    part_size: int | None = None
    part: int | None = None
    only: tuple[str, ...] = ()
    fonts: Path | None = None
    maps: bool = False


def other_of(text: str) -> Other:
    """Return what a word on the command line compares with.

    Parameters
    ----------
    text
        A date; a folder with ``workspace.yaml`` or such a file; or rulebooks: built-in
        names and files, between commas.

    Raises
    ------
    InputRefusedError
        It is none of these.

    Examples
    --------
    >>> other_of("2026-03-14")
    datetime.date(2026, 3, 14)
    >>> other_of("national,inner_mongolia")
    ('national', 'inner_mongolia')
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        pass
    path = Path(text)
    if (path / FILE_NAME).is_file() or _is_workspace(path):
        return path
    names = tuple(part.strip() for part in text.split(","))
    known = builtin()
    if all(one in known or _is_rulebook(one) for one in names):
        return tuple(
            one if one in known else str(Path(one).absolute()) for one in names
        )
    raise InputRefusedError(
        source="--compare",
        expected="a date YYYY-MM-DD, a workspace, or rulebooks (names and files)",
        got=repr(text),
        todo=f"built-in rulebooks are {', '.join(known)}",
    )


def _is_workspace(path: Path) -> bool:
    """Whether a file is a workspace: it has layers. A broken one says so when read."""
    if path.suffix not in _RULEBOOK or not path.is_file():
        return False
    try:
        return "layers" in document.load(path).mapping()
    except DocumentError:
        return False


def _is_rulebook(name: str) -> bool:
    return Path(name).suffix in _RULEBOOK and Path(name).is_file()


def sites_of(call: ReviewCall) -> Layer:
    """Read the projects of a call."""
    shift = parse_shift(call.datum_shift) if call.datum_shift is not None else None
    region = next((one for one in REGIONS if one == call.datum_region), None)
    return read(
        call.sites,
        kind="project_site",
        layer=call.layer,
        encoding=call.encoding,
        crs=call.crs,
        datum_shift=shift,
        datum_region=region,
    )


def carry_out(
    call: ReviewCall,
    *,
    step: Callable[[str, Mapping[str, str | float]], None] = lambda _key, _facts: None,
    progress: Progress | None = None,
) -> Review:
    """Carry out a review.

    Parameters
    ----------
    call
        What it is called with.
    step
        Told the key of a sentence and its facts when a step of the work begins.
    progress
        As for `spatial.review`.

    Returns
    -------
    Review
        With overrides applied and the comparison made, where the call has them.

    Raises
    ------
    ToolkitError
        Something cannot be read or is refused: the class and message say what.
    """
    overrides = read_overrides(call.overrides) if call.overrides else None
    step("cli.reading_sites", {"path": str(call.sites)})
    sites = sites_of(call)
    step("cli.reading_workspace", {"path": str(call.workspace)})
    office = open_workspace(call.workspace)

    def reviewed(at: Workspace, on: dt.date) -> Review:
        step("cli.judging", {"count": len(sites), "on": str(on)})
        return review(
            sites,
            at,
            on=on,
            about=call.about,
            lang=call.lang,
            overrides=overrides,
            avoid=call.avoid,
            progress=progress,
        )

    if call.part is not None:
        result = next(said for _, said in carry_out_parts(call, step=step))
    else:
        result = reviewed(office, call.on)
    if call.compare is not None:
        result = result.compared_with(reviewed(*_other(call, office)))
    return cut_down(result, call.only)


def carry_out_parts(
    call: ReviewCall,
    *,
    step: Callable[[str, Mapping[str, str | float]], None] = lambda _key, _facts: None,
    progress: Progress | None = None,
) -> Iterator[tuple[ReviewCall, Review]]:
    """Carry out a review part by part.

    Parameters
    ----------
    call
        With `part_size`; with `part` that part alone is reviewed.
    step, progress
        As for `carry_out`.

    Yields
    ------
    call, review
        Of each part, in order; the call names it.

    Raises
    ------
    ToolkitError
        As for `carry_out`; also if the call has overrides or a comparison.
    """
    if call.overrides is not None or call.compare is not None:
        raise InputRefusedError(
            source="--part-size",
            expected="a review without --overrides and --compare",
            got="both",
            todo="leave one of them out",
        )
    step("cli.reading_sites", {"path": str(call.sites)})
    sites = sites_of(call)
    step("cli.reading_workspace", {"path": str(call.workspace)})
    office = open_workspace(call.workspace)
    step("cli.judging", {"count": len(sites), "on": str(call.on)})
    parts = review_in_parts(
        sites,
        office,
        on=call.on,
        size=call.part_size or max(len(sites), 1),
        about=call.about,
        lang=call.lang,
        avoid=call.avoid,
        only=call.part,
        progress=progress,
    )
    for number, said in enumerate(parts, start=call.part or 1):
        yield replace(call, part=number), said


def _other(call: ReviewCall, office: Workspace) -> tuple[Workspace, dt.date]:
    """Return the office and the day on the other side of a comparison."""
    if isinstance(call.compare, dt.date):
        return office, call.compare
    if isinstance(call.compare, Path):
        return open_workspace(call.compare), call.on
    return replace(office, rulebooks=call.compare or ()), call.on


# -- in the manifest -----------------------------------------------------------


def told(call: ReviewCall, folder: Path) -> dict[str, Any]:
    """Return a call as the manifest tells it, with places seen from a folder.

    The day and the language stand in the manifest already.
    """
    rest: dict[str, Any] = {"only": list(call.only)} if call.only else {}
    if call.fonts is not None:
        rest["fonts"] = place(call.fonts, folder)
    if call.maps:
        rest["maps"] = True
    return rest | {
        "command": "review",
        "about": call.about,
        "sites": place(call.sites, folder),
        "workspace": place(call.workspace, folder),
        "layer": call.layer,
        "crs": call.crs,
        "datum_shift": shift_told(call.datum_shift, folder),
        "datum_region": call.datum_region,
        "encoding": call.encoding,
        "overrides": place(call.overrides, folder) if call.overrides else None,
        "compare": _other_told(call.compare, folder),
        "avoid": call.avoid,
        "part": [call.part, call.part_size] if call.part else None,
    }


def _other_told(other: Other | None, folder: Path) -> dict[str, Any] | None:
    if other is None:
        return None
    if isinstance(other, dt.date):
        return {"on": other.isoformat()}
    if isinstance(other, Path):
        return {"workspace": place(other, folder)}
    known = builtin()
    books = [one if one in known else place(Path(one), folder) for one in other]
    return {"rulebooks": books}


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller of a replay says himself; None: as the manifest tells."""

    sites: Path | None = None
    workspace: Path | None = None
    overrides: Path | None = None
    compare: Other | None = None
    datum_shift: str | None = None
    before: Path | None = None
    after: Path | None = None
    fonts: Path | None = None


def call_of(manifest: Mapping[str, Any], folder: Path, given: Given) -> ReviewCall:
    """Return the call that a manifest tells.

    Parameters
    ----------
    manifest
        Its ``call`` may be missing (a run from Python): then `given` must say where
        sites and workspace are.
    folder
        The folder of the run, from which places are told.
    given
        What counts instead of the manifest's word.

    Raises
    ------
    InputRefusedError
        Nobody says where a file is.
    """
    call: dict[str, Any] = manifest.get("call") or {}
    overrides = given.overrides
    if overrides is None and manifest.get("overrides") is not None:
        overrides = found(call.get("overrides"), folder, None, option="--overrides")
    compare = given.compare
    if compare is None and manifest.get("compared") is not None:
        compare = _other_found(call.get("compare"), folder)
    return ReviewCall(
        sites=found(call.get("sites"), folder, given.sites, option="--sites"),
        workspace=found(
            call.get("workspace"), folder, given.workspace, option="--workspace"
        ),
        on=dt.date.fromisoformat(manifest["on"]),
        lang=manifest["lang"],
        about=call.get("about") or manifest.get("about", "project"),
        layer=call.get("layer"),
        crs=call.get("crs"),
        datum_shift=shift_found(call.get("datum_shift"), folder, given.datum_shift),
        datum_region=call.get("datum_region"),
        encoding=call.get("encoding"),
        overrides=overrides,
        compare=compare,
        avoid=bool(call.get("avoid")),
        part=(call.get("part") or (None, None))[0],
        part_size=(call.get("part") or (None, None))[1],
        only=tuple(call.get("only") or ()),
        fonts=found(call["fonts"], folder, given.fonts, option="--fonts")
        if call.get("fonts")
        else given.fonts,
        maps=bool(call.get("maps")),
    )


def _other_found(told_: dict[str, Any] | None, folder: Path) -> Other:
    """Return the other side of a comparison as the manifest tells it."""
    if told_ and "on" in told_:
        return dt.date.fromisoformat(told_["on"])
    if told_ and "rulebooks" in told_:
        return tuple(
            one
            if isinstance(one, str)
            else str(found(one, folder, None, option="--compare").absolute())
            for one in told_["rulebooks"]
        )
    where = told_.get("workspace") if told_ else None
    return found(where, folder, None, option="--compare")
