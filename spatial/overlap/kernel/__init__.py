r"""The area kernel: how much of every site lies in every zone, without overlaying.

The formula
-----------
A point lies in a polygon A if the edges above it, counted +1 where the land is below
the edge and -1 where it is above, add up to 1::

    1_A(x, y) = sum over edges e of A:  s_e [x under e] [y < y_e(x)]

The product of two such sums is the indicator of A and B together. Integrated over the
ellipsoid, whose area element is dq(y) dx with the authalic ordinate q (the function of
the official area formula, `spatial.measure.area`), the area of A and B is

    sum over e, f:  s_e s_f  integral over the common x of  q(min(y_e(x), y_f(x))) dx

Only the *lower* of two edges counts, and only as a number::

     f .          . e
        \        /        Under both edges lies the dotted land, below the lower one.
         \      /         The pair counts it with s_e s_f. Where the edges cross
          \    /          nothing special happens: the minimum is continuous.
        ...\../...
        ....\/....
        ..../\....

Nothing is intersected, ordered or snapped, so nothing can fail: the sum is continuous
in every coordinate. Edges that coincide, touch or hardly cross change it by hardly
anything.

What makes it quick
-------------------
In a *window* (the part of the site's box in one cell of the `Grid`) heights are clamped
to the window. Edges below it then give nothing, edges above it count as its upper
side::

     +----------------.---------------+    upper side of the cell
     |               /                |
     +-------------./-----------+     |    f leaves the window at the dot; from there
     | window      /            |     |    on it is seen as the window's upper side.
     |    _____   / f           |     |    What leaves the cell is seen so too, and
     |   /  e  \ /              |     |    what lies wholly above the cell: the
     +----------/---------------+-----+    *cover* says how often

All that must be known of the land above is its winding number. The grid has it for the
upper left corner of each cell, and it steps by one wherever a run leaves through the
upper side. A cell holds a handful of edges, however large the zone is.

Error
-----
q is developed to the fourth order about the lower side of the window. The first term
left out is less than u^4/120 of the area, u the height of the window: 8e-14 at 0.1
degree, the highest that a cell may be. Coordinates are taken relative to the corner
of the window, a difference of close doubles and exact, so that rounding is that of a
sum of as many terms as there are pairs of edges, each no larger than the window.

What is not decided here
------------------------
An area of zero may be a touch or nothing; an area as large as the site may be all of
it or nearly. Where an edge of the zone comes into the box of the site and the area is
that close to either end, the pair is `DOUBTFUL`, and geometry decides.
"""

from __future__ import annotations

from spatial.overlap.kernel.areas import overlap_areas

__all__ = ["overlap_areas"]
