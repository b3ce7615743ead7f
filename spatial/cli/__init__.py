"""The `redline` command: alone prints, asks and exits.

Commands import what they need when they run, so that ``redline --help`` is quick.
Help is in both languages; results are in Chinese, in English with ``--lang en``.
"""

from __future__ import annotations

import atexit
import gc

import click

from spatial.cli.feasible_command import feasible
from spatial.cli.layer_commands import layers
from spatial.cli.ledger_enter_commands import ledger
from spatial.cli.monitor_command import monitor
from spatial.cli.replay_command import replay
from spatial.cli.rule_commands import rules
from spatial.cli.siting_commands import demo, review
from spatial.cli.terminal import Redline

__all__ = ["main"]


@click.group(cls=Redline, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ecoredline", prog_name="redline")
def main() -> None:
    """生态保护红线空间管控 / spatial control of ecological red lines.

    May this be built here, and which clause says so.

    \b
    例 / example:
      redline demo
    """
    # At its end Python looks through a million records for garbage and takes numba
    # apart. All files are written and closed by then: nobody needs either.
    atexit.register(gc.freeze)


for _command in (demo, review, monitor, ledger, feasible, replay, layers, rules):
    main.add_command(_command)
