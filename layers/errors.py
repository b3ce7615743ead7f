"""The errors of both packages: one root, one class per cause.

A message says where it happened, what was expected, what came, and what to do.
The parts stay readable as attributes, so that a program need not parse text.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

_SHOWN = 20


class ToolkitError(Exception):
    """Root of every error that ecoredline raises on purpose."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with message and parts: an error may come from another process.

        Python would call the class with the message alone, which those with parts
        do not take.
        """
        return _restored, (type(self), self.args, dict(self.__dict__))


def _restored(
    cls: type[ToolkitError], args: tuple[object, ...], parts: dict[str, object]
) -> ToolkitError:
    """Return an error as it was raised elsewhere."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(parts)
    return error


class DocumentError(ToolkitError, ValueError):
    """A YAML document (workspace, catalogue, rulebook) breaks its own format.

    Parameters
    ----------
    path
        The document.
    line
        Line of the offending key or value, counted from 1.
    key
        Dotted path of the key, for example ``layers.2.valid.from``.
    expected
        What the place may hold.
    got
        What it holds.
    """

    def __init__(
        self, *, path: Path | str, line: int, key: str, expected: str, got: str
    ) -> None:
        self.path = Path(path)
        self.line = line
        self.key = key
        self.expected = expected
        self.got = got
        super().__init__(f"{self.path}:{line}: {key}: expected {expected}, got {got}")


class InputRefusedError(ToolkitError, ValueError):
    """A source file cannot be read in a way that could be trusted.

    Parameters
    ----------
    source
        The file (or frame) that was refused.
    expected, got
        What a readable source holds, and what this one holds.
    todo
        What the user can do about it.
    """

    def __init__(
        self, *, source: Path | str, expected: str, got: str, todo: str
    ) -> None:
        self.source = str(source)
        self.expected = expected
        self.got = got
        self.todo = todo
        super().__init__(f"{self.source}: expected {expected}, got {got}; {todo}")


class SourceNotFoundError(ToolkitError, FileNotFoundError):
    """A file or folder that was named is not there."""

    def __init__(self, source: Path | str, *, todo: str) -> None:
        self.source = str(source)
        self.todo = todo
        super().__init__(f"{self.source}: no such file or folder; {todo}")

    def __str__(self) -> str:
        """Return the message; `OSError` would print its argument tuple."""
        return str(self.args[0])


class CrsError(InputRefusedError):
    """The coordinate reference system is missing, contradicted or not accepted."""


class CrsMismatchError(ToolkitError, ValueError):
    """Two tables that are to be compared are not in the same frame."""


class GeometryError(ToolkitError, ValueError):
    """A geometry is of a kind that a measure or relation is not defined for."""


class NoGeometryError(ToolkitError, AttributeError):
    """A plain table was given where a GeoDataFrame is needed.

    An ``AttributeError`` too, as pandas wants it of an accessor.
    """

    def __init__(self, *, needed_for: str, got: str) -> None:
        self.needed_for = needed_for
        self.got = got
        super().__init__(
            f"{needed_for}: expected a GeoDataFrame with a geometry column, got {got}"
        )


class UnknownKindError(ToolkitError, KeyError):
    """A layer kind, rulebook or text was asked for that nobody has defined.

    Attributes
    ----------
    what, name
        What was asked for, and by which name.
    known, shown
        What there is; of very many those whose names are alike.
    """

    def __init__(self, *, what: str, name: str, known: list[str]) -> None:
        self.what = what
        self.name = name
        self.known = known
        near = get_close_matches(name, known, n=_SHOWN, cutoff=0.4)
        shown = known if len(known) <= _SHOWN else near or known[:_SHOWN]
        self.shown = shown
        word = "known" if shown == known else f"{len(known)} are known, for example"
        super().__init__(f"unknown {what} {name!r}; {word}: {', '.join(shown)}")

    def __str__(self) -> str:
        """Return the message; `KeyError` would print it quoted."""
        return str(self.args[0])


class ExtraMissingError(ToolkitError, ImportError):
    """An optional library is needed for what was asked.

    Examples
    --------
    >>> raise ExtraMissingError(extra="postgis", needed_for="a PostGIS ledger")
    Traceback (most recent call last):
        ...
    layers.errors.ExtraMissingError: a PostGIS ledger needs the extra 'postgis': \
pip install 'ecoredline[postgis]'
    """

    def __init__(self, *, extra: str, needed_for: str) -> None:
        self.extra = extra
        self.needed_for = needed_for
        super().__init__(
            f"{needed_for} needs the extra {extra!r}: pip install 'ecoredline[{extra}]'"
        )
