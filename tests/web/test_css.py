"""The style sheet keeps its promises: contrast of every pair, size, no other origin, its layers."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tranche.formats.svg.palette import SERIES

STATIC = Path(__file__).resolve().parents[2] / "src/tranche/static"
SHEET = (STATIC / "tranche.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in TOKEN.findall(SHEET)}
MODES = {"light": 0, "dark": 1}
GZIP_BYTES_MAX = 8 * 1024

TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "link") for ground in ("paper", "wash")),
    *((tone, f"{tone}-wash") for tone in ("ok", "info", "warn", "bad")),
    *((tone, "paper") for tone in ("dim", "ok", "info", "warn", "bad")),
    ("ink", "warn-wash"),
    ("ink", "info-wash"),
    ("on-brand", "brand"),
]
ENHANCED, NORMAL, GRAPHIC = 700, 450, 300


def channel(value: int) -> int:
    """Linear light of one channel in parts of 10^9 (WCAG 2.2, relative luminance)."""
    share = value / 255
    linear = share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
    return round(linear * 10**9)


def luminance(colour: str) -> int:
    red, green, blue = (channel(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return (2126 * red + 7152 * green + 722 * blue) // 10**4


def contrast(one: str, other: str) -> int:
    """Hundredths of the ratio, rounded down."""
    dark, light = sorted((luminance(one), luminance(other)))
    return 100 * (light + 5 * 10**7) // (dark + 5 * 10**7)


def test_contrast_of_black_on_white_is_21_and_of_a_colour_on_itself_1() -> None:
    assert contrast("#000000", "#ffffff") == 2100
    assert contrast("#8c1d18", "#8c1d18") == 100


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_on_its_ground_has_enhanced_contrast(ink: str, ground: str, mode: str) -> None:
    side = MODES[mode]

    assert contrast(TOKENS[ink][side], TOKENS[ground][side]) >= ENHANCED


@pytest.mark.parametrize("mode", MODES)
def test_quiet_text_in_the_foot_has_normal_contrast(mode: str) -> None:
    side = MODES[mode]

    assert contrast(TOKENS["dim"][side], TOKENS["wash"][side]) >= NORMAL


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "name", ["edge", *(f"series-{i}" for i in range(1, 7)), "part-1", "part-2", "part-3"]
)
def test_edges_and_series_stand_out_from_the_paper(name: str, mode: str) -> None:
    side = MODES[mode]

    assert contrast(TOKENS[name][side], TOKENS["paper"][side]) >= GRAPHIC


def test_charts_print_in_the_light_series() -> None:
    assert tuple(TOKENS[f"series-{i}"][0] for i in range(1, 7)) == SERIES


def test_every_colour_outside_the_tokens_comes_from_a_token() -> None:
    after_tokens = SHEET[SHEET.index("@layer base {") : SHEET.index("@layer print {")]

    written = {match[:7] for match in re.findall(r"#[0-9a-f]{6,8}\b", after_tokens)}

    assert written <= {"#ffffff", "#10181f"}


def test_every_variable_is_defined_and_used() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", SHEET))
    defined = set(re.findall(r"--([a-z0-9-]+):", SHEET))

    assert used == defined


def test_sheets_are_small() -> None:
    sizes = [len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in ("tranche.css", "sankey.css")]

    assert sum(sizes) <= GZIP_BYTES_MAX


def test_nothing_is_fetched_from_anywhere() -> None:
    assert "url(" not in SHEET
    assert "@import" not in SHEET


def test_no_shadow_no_gradient_but_the_hatch() -> None:
    assert "shadow" not in SHEET
    assert [line for line in SHEET.splitlines() if "gradient" in line and "late::before" not in line] == []


def test_layers_stand_in_their_order() -> None:
    assert SHEET.startswith("@layer tokens, base, layout, parts, print;")
    assert re.findall(r"^@layer (\w+) \{", SHEET, re.MULTILINE) == [
        "tokens",
        "base",
        "layout",
        "parts",
        "print",
    ]
