"""Which of the built-in rulebooks speak of a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.policy.load import LEVELS, load_rulebook, places
from spatial.policy.territory import is_above, is_under

if TYPE_CHECKING:
    from spatial.policy.model import Rulebook

BY_REGION = "by_region"
"""Stands in ``rulebooks:`` for the built-in ones that `of_region` chooses."""


NATIONAL = "national"
"""Stands in ``rulebooks:`` for every built-in rulebook of the nation."""


def spelled_out(name: str) -> tuple[str, ...]:
    """Return the rulebooks that a name stands for.

    Parameters
    ----------
    name
        As a workspace or a command names it: a built-in rulebook, a path, or
        `NATIONAL`.

    Returns
    -------
    tuple of str
        `name` itself; for `NATIONAL` every rulebook of the nation, the one of that
        name first and then by name. The national law is in several books because
        one would be too long to read, not because an office may leave some out.

    Examples
    --------
    >>> spelled_out("national")[0], spelled_out("yili")
    ('national', ('yili',))
    """
    if name != NATIONAL:
        return (name,)
    nation = [one for one, path in places().items() if path.parent.name == LEVELS[0]]
    return (NATIONAL, *(one for one in nation if one != NATIONAL))


def of_region(region: str) -> tuple[Rulebook, ...]:
    """Return the built-in rulebooks of which some rule may apply in a region.

    Parameters
    ----------
    region
        Adcode of six digits.

    Returns
    -------
    tuple of Rulebook
        Those with a rule for everywhere, for a territory that holds the region, or
        for one that lies in it; nation first, then province, city, county, within a
        level by name. Never empty: the rules of the nation are for everywhere.

    Examples
    --------
    >>> [book.id for book in of_region("654000")][-2:]
    ['yili', 'yili_activity']
    """
    books = (load_rulebook(name) for name in places())
    return tuple(book for book in books if _speaks_of(region, book))


def _speaks_of(region: str, book: Rulebook) -> bool:
    """Whether some rule of a rulebook may apply in a region."""
    return any(
        not rule.territory
        or is_under(region, rule.territory)
        or is_above(region, rule.territory)
        for rule in book.rules
    )
