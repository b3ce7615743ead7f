"""Write docs/cli.md from the help of every command, or check that it is up to date.

python scripts/make_cli_docs.py            writes docs/cli.md
python scripts/make_cli_docs.py --check    exits 1 when it differs
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli import main as redline

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
WIDTH = 88
HEAD = """# The command line

Made from the program's own help by `python scripts/make_cli_docs.py`; a test holds
the two together. Exit status: 0 done; 1 the input or rulebook was refused, with the
reason; 2 wrong usage.
"""


def commands(
    command: click.Command = redline, parent: click.Context | None = None
) -> Iterator[click.Context]:
    """Yield a context for a command and each command below it, in reading order."""
    name = command.name if parent else "redline"
    settings = {"terminal_width": WIDTH, **command.context_settings}
    context = click.Context(command, parent=parent, info_name=name, **settings)
    yield context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from commands(found, context)


def page() -> str:
    """Return the text that docs/cli.md must hold."""
    parts = [HEAD]
    for context in commands():
        said = "\n".join(line.rstrip() for line in context.get_help().splitlines())
        parts.append(f"## {context.command_path}\n\n```text\n{said}\n```\n")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit status."""
    if arguments != ["--check"]:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE.name} is not what --help says; run {Path(__file__).name}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
