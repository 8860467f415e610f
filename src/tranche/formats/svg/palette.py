"""The print palette of charts; on a page the style sheet recolours the same classes."""

from __future__ import annotations

from typing import Final

SERIES: Final = ("#0b3d63", "#2f7d8c", "#8a6d1f", "#7a3f6d", "#4b6b2f", "#9a4a2a")
MIXED: Final = 0  # the house blue stands for money whose sources have mixed


def series_class(number: int) -> str:
    return f"c{number + 1}"
