"""Damage files in small ways and see whether a loss is ever silent.

    python scripts/mutate.py [--each 300] [--seed 1] [--only KML ...] [--keep FOLDER]

Every mutated file is read in the worker, and must end as one of

    identical   the same layer as from the sound file
    refused     an error of ours
    told        read, with an issue or a row set aside that the sound file has not
    excused     values differ, but a format without checksum cannot show a changed digit

Whatever was read is held against a second count of the mutated file, which shares no
code with the readers: as many rows, and each row that was kept and not mended with as
many vertices, whose coordinates add up to the same sum, under the same code. Where
they differ without a word, that is a LOSS: printed, kept on request, and the exit code
is 1. So is an exception that is not ours, and a read that takes longer than 20
seconds. Where a checksum covers every byte (zip), nothing is excused.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mutation.damage import mutate
from mutation.judge import judge, read
from mutation.seeds import SEEDS


@dataclass(slots=True)
class Outcomes:
    """What became of the mutated files of one format."""

    seen: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


def run(name: str, each: int, *, number: int = 1, keep: Path | None = None) -> Outcomes:
    """Mutate the seed of one format `each` times."""
    seed, chance = SEEDS[name], random.Random(f"{name} {number}")  # noqa: S311
    found = Outcomes()
    with tempfile.TemporaryDirectory() as scratch:
        origin = Path(scratch, "seed")
        origin.mkdir()
        path = seed.write(origin)
        sound = read(path)
        for i in range(each):
            folder = Path(scratch, f"m{i}")
            shutil.copytree(origin, folder)
            done = mutate(folder / path.name, seed, chance)
            became = judge(folder / path.name, sound, seed)
            found.seen[became.word] += 1
            found.slowest_s = max(found.slowest_s, became.seconds)
            if became.wrong:
                found.losses.append(f"{name} {number}/{i} ({done}): {became.wrong}")
                if keep:
                    shutil.copytree(folder, keep / f"{name}-{number}-{i}")
            shutil.rmtree(folder)
    return found


def main() -> int:
    """Run all formats and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=300, help="files a format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=SEEDS, default=list(SEEDS))
    parser.add_argument("--keep", type=Path, help="folder for files with a loss")
    given = parser.parse_args()
    lost, started = [], time.monotonic()
    for name in given.only:
        found = run(name, given.each, number=given.seed, keep=given.keep)
        told = ", ".join(f"{key} {count}" for key, count in sorted(found.seen.items()))
        print(f"{name:20} {told}; slowest {found.slowest_s:.1f} s", flush=True)
        lost += found.losses
    print(*lost, sep="\n")
    files, took = given.each * len(given.only), time.monotonic() - started
    print(f"{files} files, {len(lost)} silent losses, {took:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
