"""A small ledger in which everything that can happen has happened once."""

from __future__ import annotations

import datetime as dt
import hashlib

from shapely import Point, box

from spatial.ledger import (
    Actor,
    Evidence,
    Link,
    NewCase,
    Person,
    Run,
    Sighting,
    Transfer,
)

MAY, JUNE, JULY = (dt.date(2026, month, 1) for month in (5, 6, 7))
BOSS = Actor("甲（虚构）", "admin")
COUNTY = "150624"


class Clock:
    """A clock that goes on by a minute whenever somebody looks."""

    def __init__(self, start="2026-06-02T03:04:05+00:00"):
        self.time = dt.datetime.fromisoformat(start)

    def __call__(self):
        self.time += dt.timedelta(minutes=1)
        return self.time


def monitored(**other):
    """Return a new case as a monitoring run opens it."""
    given = {"source": "monitor", "found_on": MAY, "county": COUNTY}
    return NewCase(**{**given, **other})


def proof(kind, words="内容（虚构）", **other):
    """Return evidence with a content."""
    content = f"{kind}: {words}".encode()
    return Evidence(
        kind=kind,
        name=f"{kind}.txt",
        media_type="text/plain",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        **other,
    )


def spot(lon=110.0, lat=40.0):
    """Return coordinates taken in the field."""
    return Evidence(kind="field_coordinates", name="现场点", lon=lon, lat=lat)


def to_acceptance(writing, case):
    """Bring a case from clue to the acceptance."""
    writing.move(case, "take")
    writing.attach(case, proof("photo"))
    writing.move(case, "file")
    writing.amend(case, "responsible", "某公司（虚构）", why="现场查实")
    writing.amend(case, "measure", "拆除并复绿", why="整改方案")
    writing.attach(case, proof("document"))
    writing.move(case, "order")
    writing.attach(case, proof("photo", "整改后"))
    writing.move(case, "report_done")


def close(writing, case, *, image="with"):
    """Bring a case from clue to its end."""
    to_acceptance(writing, case)
    writing.attach(case, proof("acceptance"))
    if image == "with":
        writing.attach(case, proof("after_image"))
    else:
        writing.attach(case, spot())
    writing.move(case, "close")


def live(ledger):
    """Let everything happen; return the numbers of the cases."""
    with ledger.transaction() as writing:
        writing.run(Run("run-1", MAY, {"a.tif": "0" * 64}, clues=2))
        a = writing.open_case(
            monitored(
                title="采石场（虚构）",
                geometry=box(110, 40, 110.01, 40.01),
                kind="mine",
                zones=(("ecological_redline", "HX-1", "红线（虚构）", 12.5),),
                run_id="run-1",
                clue_id="c1",
                facts={"score": 3.5},
            )
        )
        b = writing.open_case(
            NewCase(
                source="report_12369",
                found_on=JUNE,
                title="倾倒（虚构）",
                geometry=Point(110.5, 40.5),
                county=COUNTY,
                reporter=Person("某人（虚构）", "000-0000", "", "匿名"),
            )
        )
    with ledger.transaction() as writing:
        seen = writing.see(
            a, Sighting("c7", "run-2", JUNE, "grown", box(110, 40, 110.02, 40.01))
        )
        writing.see(a, Sighting("", "run-3", JULY, "gone"))
        writing.amend(a, "kind", "quarry", why="到现场看过")
        writing.amend(a, "kind", "mine", run_id="run-3")
        writing.amend(a, "facts.depth_m", 4.5, why="测量")
        link = writing.link(a, Link("permit", "P-1（虚构）", "expired", {"m2": 1.5}))
        writing.unlink(a, link, why="不是同一处")
        writing.link(a, Link("review", "S-1", "beyond"))
        writing.suspend(a, why="等待判决")
        writing.resume(a, why="判决已下")
        writing.transfer(a, Transfer("林草局（虚构）", "NM14-L03", JULY), why="职责")
        writing.answer(a, "已受理")
        writing.rematch(seen, None, why="是另一处")
    with ledger.transaction() as writing:
        close(writing, a)
        writing.move(a, "recur", why="又见扰动")
        (c,) = writing.split(
            a,
            [monitored(geometry=box(110.005, 40, 110.01, 40.01))],
            keep=box(110, 40, 110.005, 40.01),
            why="两家所为",
        )
        d = writing.open_case(monitored(geometry=box(110.1, 40, 110.11, 40.01)))
        writing.merge(d, c, why="同一处")
        writing.erase(b, why="申请删除")
        writing.open_case(
            NewCase(
                source="report_12369",
                found_on=JULY,
                reporter=Person("另一人（虚构）", "000-0001"),
            )
        )
    return a, b, c, d
