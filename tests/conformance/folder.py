"""The conformance data beside the project; tests skip with the reason where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "../shared/data"


def data(*parts: str) -> Path:
    """A file or folder of the conformance data; skips the test where it is not there."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the conformance data folder has no {'/'.join(parts)}")
    return path
