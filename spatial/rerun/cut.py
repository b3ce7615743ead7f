"""A review cut down to the sites that a report was asked for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from spatial.siting import Review


def cut_down(result: Review, only: tuple[str, ...]) -> Review:
    """Return a review cut down to some sites; all where `only` is empty.

    Raises
    ------
    InputRefusedError
        There is no such site.
    """
    if not only:
        return result
    there = {one.site_id for one in result.content.sites}
    for one in only:
        if one not in there:
            near = get_close_matches(one, sorted(there), n=5, cutoff=0.0)
            raise InputRefusedError(
                source="--site",
                expected="the id of a site of the run",
                got=repr(one),
                todo=f"ids are such as {', '.join(near)}",
            )
    return result.only(only)
