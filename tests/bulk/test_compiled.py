"""What was compiled is kept apart for every text of the package, and not at all where nothing may be."""

from __future__ import annotations

from pathlib import Path

import numba
import pytest

from tranche.bulk import compiled, kernel
from tranche.bulk.compiled import folder_of


def test_another_text_has_another_folder(tmp_path: Path) -> None:
    file = tmp_path / "kernel.py"
    file.write_text("x = 1\n", encoding="utf-8")
    before = folder_of(tmp_path)

    file.write_text("x = 2\n", encoding="utf-8")

    assert folder_of(tmp_path) != before
    assert folder_of(tmp_path).parent == tmp_path / "__pycache__"


def test_this_package_is_kept_in_its_own_folder() -> None:
    package = Path(compiled.__file__).parent

    assert Path(compiled.config.CACHE_DIR) == folder_of(package)
    assert kernel.advance.stats.cache_path.startswith(str(folder_of(package)))  # type: ignore[attr-defined]  # numba's


def test_where_nothing_may_be_kept_it_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = numba.njit, list[bool]()

    def njit(**options: object) -> object:
        asked.append("cache" in options)
        if "cache" in options:
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)  # type: ignore[call-overload]  # passed on as they come

    monkeypatch.setattr(numba, "njit", njit)

    double = compiled.compiled(lambda x: 2 * x)

    assert double(21) == 42
    assert asked == [True, False]
