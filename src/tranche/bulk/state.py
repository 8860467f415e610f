"""What the compiled loops work on: a book as columns, and its queues as flat arrays with room to grow."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

HOLDING: Final = 0
SOURCE: Final = 1
USE: Final = 2
FX: Final = 3

NONE: Final = -1
ROOT: Final = 0

RUNS: Final = 0
FREE: Final = 1
NODES: Final = 2
FRAMES: Final = 3
PIECES: Final = 4
STATUS: Final = 5
WANTED: Final = 6
COUNTERS: Final = 7

RUN: Final = np.dtype(
    [
        ("amount", np.int64),
        ("source_lo", np.int64),
        ("source_amount", np.int64),
        ("source", np.int32),
        ("path", np.int32),
        ("fx", np.int32),
        ("next", np.int32),
    ],
    align=True,
)
"""Units of one source that came one way, and the run behind them in the queue."""

FRAME: Final = np.dtype(
    [
        ("at", np.int64),
        ("amount_in", np.int64),
        ("amount_out", np.int64),
        ("shift", np.int64),
        ("leg", np.int32),
        ("next", np.int32),
    ],
    align=True,
)
"""One conversion behind a run (`Crossed` of kernel/simulate.py) and the one before it; never changed."""

NODE: Final = np.dtype(
    [
        ("parent", np.int32),
        ("account", np.int32),
        ("child_account", np.int32),
        ("child", np.int32),
    ]
)
"""The last account of a path, the path before it, and which path was last made from it."""

PIECE: Final = np.dtype(
    [
        ("lo", np.int64),
        ("amount", np.int64),
        ("source_lo", np.int64),
        ("source_amount", np.int64),
        ("owner", np.int32),
        ("source", np.int32),
        ("path", np.int32),
        ("fx", np.int32),
    ],
    align=True,
)
"""Units of one source in a use (owner: its movement) or at rest (owner: the account)."""

Records: TypeAlias = NDArray[Any]
Int64: TypeAlias = NDArray[np.int64]
Int32: TypeAlias = NDArray[np.int32]
UInt8: TypeAlias = NDArray[np.uint8]


class Book(NamedTuple):
    """The movements in their order, the role of each account, and the other leg where there is one."""

    src: Int32
    dst: Int32
    amount: Int64
    partner: Int32
    roles: UInt8


class State(NamedTuple):
    """The queues between two movements, and what has been found."""

    counters: Int64
    runs: Records
    heads: Int32
    tails: Int32
    waiting: Int32
    nodes: Records
    slots: Int32
    frames: Records
    pieces: Records
