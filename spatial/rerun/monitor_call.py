"""What a monitoring run is called with, and how it is carried out and made again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from layers.raster import read_raster
from layers.workspace import open_workspace
from spatial.monitor.paper import MOST_SHEETS
from spatial.monitor.run import monitor
from spatial.monitor.write import MOST_PICTURES, write_monitoring
from spatial.rerun.places import found, place

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from layers.text import Lang
    from spatial.change.detect import Method, Target
    from spatial.change.workers import Engine
    from spatial.monitor.run import Monitoring
    from spatial.rerun.call import Given

COMMAND = "monitor"


@dataclass(frozen=True, slots=True)
class MonitorCall:
    """What a monitoring run is called with.

    Attributes
    ----------
    before, after, workspace
        Where the images and the office's document lie.
    on
        The day that counts; None: that of the later image.
    lang
        Of the results.
    bands, sensor, date_before, date_after
        What is stated about the images.
    method, target, min_area_m2
        As of `spatial.monitor.run.monitor`.
    pictures
        Clues that get a picture.
    fonts
        Folder with the typefaces of PDF and map; None: those of the machine.
    maps
        Whether Word and PDF hold a map of all clues.
    sheets
        Clues that get a sheet in Word and PDF.
    """

    before: Path
    after: Path
    workspace: Path
    on: dt.date | None = None
    lang: Lang = "zh"
    bands: tuple[str, ...] | None = None
    sensor: str | None = None
    date_before: dt.date | None = None
    date_after: dt.date | None = None
    method: Method = "auto"
    target: Target = "auto"
    min_area_m2: float | None = None
    pictures: int = MOST_PICTURES
    fonts: Path | None = None
    maps: bool = False
    sheets: int = MOST_SHEETS


def carry_out_monitor(
    call: MonitorCall,
    *,
    engine: Engine = "threads",
    scheduler: str | None = None,
    step: Callable[[str, Mapping[str, str | float]], None] = lambda _key, _facts: None,
) -> Monitoring:
    """Carry out a monitoring run; engine and scheduler change nothing in it.

    Raises
    ------
    ToolkitError
        Something cannot be read or is refused: the class and message say what.
    """
    first, second = (
        read_raster(path, bands=call.bands, sensor=call.sensor, date=day)
        for path, day in (
            (call.before, call.date_before),
            (call.after, call.date_after),
        )
    )
    step("cli.reading_workspace", {"path": str(call.workspace)})
    return monitor(
        first,
        second,
        open_workspace(call.workspace),
        on=call.on,
        method=call.method,
        target=call.target,
        min_area_m2=call.min_area_m2,
        engine=engine,
        scheduler=scheduler,
        lang=call.lang,
        step=step,
    )


def monitor_told(call: MonitorCall, folder: Path) -> dict[str, Any]:
    """Return a call as the manifest tells it, with places seen from a folder."""
    rest: dict[str, Any] = {}
    if call.fonts is not None:
        rest["fonts"] = place(call.fonts, folder)
    if call.maps:
        rest["maps"] = True
    return {
        "command": COMMAND,
        "before": place(call.before, folder),
        "after": place(call.after, folder),
        "workspace": place(call.workspace, folder),
        "bands": list(call.bands) if call.bands else None,
        "sensor": call.sensor,
        "date_before": call.date_before.isoformat() if call.date_before else None,
        "date_after": call.date_after.isoformat() if call.date_after else None,
        "method": call.method,
        "target": call.target,
        "min_area_m2": call.min_area_m2,
        "pictures": call.pictures,
        "sheets": call.sheets,
        **rest,
    }


def monitor_call_of(
    manifest: Mapping[str, Any], folder: Path, given: Given
) -> MonitorCall:
    """Return the call that a manifest tells.

    Raises
    ------
    InputRefusedError
        Nobody says where a file is.
    """
    call: dict[str, Any] = manifest.get("call") or {}
    days = {name: call.get(name) for name in ("date_before", "date_after")}
    return MonitorCall(
        before=found(call.get("before"), folder, given.before, option="--before"),
        after=found(call.get("after"), folder, given.after, option="--after"),
        workspace=found(
            call.get("workspace"), folder, given.workspace, option="--workspace"
        ),
        on=dt.date.fromisoformat(manifest["on"]),
        lang=manifest["lang"],
        bands=tuple(call["bands"]) if call.get("bands") else None,
        sensor=call.get("sensor"),
        **{
            name: dt.date.fromisoformat(day) if day else None
            for name, day in days.items()
        },
        method=call.get("method") or "auto",
        target=call.get("target") or "auto",
        min_area_m2=call.get("min_area_m2"),
        pictures=int(call.get("pictures", MOST_PICTURES)),
        fonts=found(call["fonts"], folder, given.fonts, option="--fonts")
        if call.get("fonts")
        else given.fonts,
        maps=bool(call.get("maps")),
        sheets=int(call.get("sheets", MOST_SHEETS)),
    )


def wrote(
    again: Monitoring,
    folder: Path,
    call: MonitorCall,
    *,
    formats: Collection[str],
    told: Mapping[str, Any] | None,
    progress: Callable[[int, int], None] = lambda _done, _count: None,
) -> tuple[Path, ...]:
    """Write a run as its call says.

    Parameters
    ----------
    again
        The run.
    folder
        Where to.
    call
        Says pictures, sheets, maps and fonts.
    formats
        As of `spatial.monitor.write.write_monitoring`.
    told
        The call for the manifest.
    progress
        Told of each picture.
    """
    return write_monitoring(
        again,
        folder,
        most_pictures=call.pictures,
        formats=formats,
        fonts=call.fonts,
        maps=call.maps,
        most_sheets=call.sheets,
        call=told,
        progress=progress,
    )
