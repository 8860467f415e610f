"""Compiling the loops of this package, and keeping what was compiled between processes.

Numba compiles a function together with all that it calls, but looks for changes in its own file only. What
it keeps therefore stands in a folder named after the text of the whole package.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

OPTIONS: Final[dict[str, Any]] = {
    "nogil": True,
    "error_model": "numpy",  # no divisor is zero: every amount is at least one
    "_nrt": False,  # nothing makes an array here, so none is counted: four times as fast
}


def folder_of(package: Path) -> Path:
    """Return where the compiled form of this very text of a package is kept."""
    digest = sha256()
    for file in sorted(package.glob("*.py")):
        digest.update(file.read_bytes())
    return package / "__pycache__" / f"compiled-{digest.hexdigest()[:16]}"


config: Any = numba.config  # its names are made when it is loaded
if not config.CACHE_DIR:  # the user's NUMBA_CACHE_DIR comes first
    config.CACHE_DIR = str(folder_of(Path(__file__).parent))


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile to machine code when it is first called; other threads go on while it runs."""
    try:
        made: Callable[P, R] = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # neither this folder nor the user's own cache may be written
        made = numba.njit(**OPTIONS)(function)
    return made
