"""Work shared out over threads gives what it gives in one."""

import numpy as np
import pytest

from spatial import side_by_side
from spatial.side_by_side import by_rows


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("rows", [0, 1, 4, 5, 17])
def test_every_row_is_worked_on_once_and_stays_in_its_place(threads, rows, monkeypatch):
    monkeypatch.setattr(side_by_side, "processors", lambda: threads)
    asked = []

    def squared(some):
        asked.append((some.start, some.stop))
        return np.arange(rows)[some] ** 2

    assert by_rows(squared, rows, at_least=2).tolist() == [n * n for n in range(rows)]
    assert len(asked) <= max(threads, 1)


def test_few_rows_are_not_worth_a_thread(monkeypatch):
    monkeypatch.setattr(side_by_side, "processors", lambda: 4)
    asked = []
    by_rows(lambda some: np.zeros(len(asked.append(some) or range(5))), 5, at_least=5)
    assert asked == [slice(0, 5)]


def test_what_goes_wrong_in_one_share_is_told(monkeypatch):
    monkeypatch.setattr(side_by_side, "processors", lambda: 2)

    def breaks(some):
        if some.start:
            msg = "in the second half"
            raise ValueError(msg)
        return np.zeros(2)

    with pytest.raises(ValueError, match="in the second half"):
        by_rows(breaks, 4, at_least=2)
