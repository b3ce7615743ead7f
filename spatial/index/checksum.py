"""A checksum at the speed of memory: against damage, not against malice."""

from __future__ import annotations

import numba
import numpy as np

_LANES = 4
_PRIME = np.uint64(0x9E3779B185EBCA87)
_TURN, _BACK = np.uint64(31), np.uint64(33)


def checksum(array: np.ndarray) -> int:
    """Return a number of 64 bits that depends on every byte of an array.

    Words of 8 bytes are dealt to four lanes, and each is mixed in by steps that can
    be undone (exclusive or, rotation, product with an odd number). So a change within
    one word is found for certain, any other but once in 2^64 cases. Who means harm
    can make a fitting one: see `spatial.index.store` on what keeps him out.

    Parameters
    ----------
    array
        C-contiguous, of any type.
    """
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    whole = len(data) // 8 * 8
    tail = np.zeros(8, dtype=np.uint8)
    tail[: len(data) - whole] = data[whole:]
    lanes = _mixed(data[:whole].view(np.uint64), tail.view(np.uint64)[0], len(data))
    return int(lanes)


@numba.njit(nogil=True, cache=True)
def _mixed(words, tail, size):
    """Return the lanes of all words, brought together."""
    lanes = np.zeros(_LANES, np.uint64)
    for lane in range(_LANES):
        lanes[lane] = _PRIME * np.uint64(lane + 1)
    full = len(words) // _LANES * _LANES
    for i in range(0, full, _LANES):
        for lane in range(_LANES):
            lanes[lane] = _step(lanes[lane], words[i + lane])
    for i in range(full, len(words)):
        lanes[i - full] = _step(lanes[i - full], words[i])
    total = _step(np.uint64(size), tail)
    for lane in range(_LANES):
        total = _step(total, lanes[lane])
    return total


@numba.njit(nogil=True, cache=True)
def _step(state, word):
    """Mix a word into a state: for each word, one-to-one in the state, and back."""
    mixed = (state ^ word) * _PRIME
    return (mixed << _TURN) | (mixed >> _BACK)
