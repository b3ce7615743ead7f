"""What a notebook shows of clues and of a whole run of monitoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.card import MOST_ROWS, Card, CardTable
from spatial.monitor import views
from spatial.report.cards import outcome_sign, word, words
from spatial.report.words import number, say, sentence
from spatial.text import TEXTS

if TYPE_CHECKING:
    from layers.raster import RasterLayer
    from spatial.monitor.clues import Clues
    from spatial.monitor.run import Monitoring
    from spatial.text import Lang

_HEADS = ("clue_id", "score", "clue_kind", "outcome", "zones", "permit", "area_m2")


def clues_card(clues: Clues, lang: Lang = "zh") -> Card:
    """Return the card of clues: the most urgent, and how many are none and why."""
    counts = {"clues": len(clues.table), "aside": len(clues.set_aside)}
    return Card(
        word("clues", lang),
        ((word("clues", lang), TEXTS.say("card.clue_counts", lang=lang, **counts)),),
        _tables(clues, lang),
        tuple(sentence(one, lang) for one in clues.notices),
    )


def monitoring_card(found: Monitoring, lang: Lang = "zh") -> Card:
    """Return the card of a run: the pair, the conclusion in sentences, the clues.

    The sentences of the report come first: what was refused, not seen or not checked
    is among them.
    """
    facts = (
        (word("on", lang), found.on.isoformat()),
        (word("before", lang), _image(found.before)),
        (word("after", lang), _image(found.after)),
        (word("pair", lang), _pair(found, lang)),
    )
    notices = (found.office.notice,) if found.office.notice else ()
    said = (sentence(one, lang) for one in found.clues.notices)
    return Card(
        f"{word('monitoring', lang)} {found.office.title}",
        facts,
        _tables(found.clues, lang),
        (*notices, *views.summary(found, lang), *said),
    )


def _pair(found: Monitoring, lang: Lang) -> str:
    return TEXTS.say(f"change.status_{found.pair.status}", lang=lang)


def _image(image: RasterLayer) -> str:
    return f"{image.name} {image.date or ''} {image.sensor or ''}".strip()


def _tables(clues: Clues, lang: Lang) -> tuple[CardTable, ...]:
    """Return the clues, most urgent first, and the reasons of the other patches."""
    rows = tuple(
        (
            str(name),
            number(float(row["score"]), 1, lang),
            views.class_title(row["kind"], lang),
            outcome_sign(row["outcome"], lang),
            views.zones_named(row["zones"], lang),
            views.permit_state(row, lang),
            number(float(row["area_m2"]), 0, lang),
        )
        for name, row in clues.table.head(MOST_ROWS).iterrows()
    )
    left = len(clues.table) - len(rows)
    counts = clues.set_aside.groupby("reason")["area_m2"].agg(["size", "sum"])
    aside = tuple(
        (
            say(f"monitor.reason.{reason}", lang),
            str(count),
            number(float(area), 0, lang),
        )
        for reason, count, area in counts.itertuples()
    )
    tables = (
        CardTable(words(_HEADS, lang), rows, left=left),
        CardTable(
            words(("reason", "patches", "area_m2"), lang), aside, most=len(aside)
        ),
    )
    return tuple(one for one in tables if one.rows)
