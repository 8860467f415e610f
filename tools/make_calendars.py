"""Make src/tranche/conf/calendars.toml from `holidays`, so that a library upgrade moves no due date.

Run by hand at build time with `holidays` installed; the result is committed and pinned by its hash.
"""

from __future__ import annotations

from pathlib import Path

import holidays

YEARS = range(2022, 2036)
COUNTRIES = {
    "LT": ("public",),
    "UA": ("public",),
    "DK": ("public", "optional"),
    "SE": ("public", "de_facto"),
    "IS": ("public",),
}
TARGET = Path(__file__).parent.parent / "src/tranche/conf/calendars.toml"


def main() -> None:
    lines = [
        "# Closed days beside the weekend, made by tools/make_calendars.py.",
        f'made_with = "holidays {holidays.__version__}"',
    ]
    for country, categories in COUNTRIES.items():
        found = holidays.country_holidays(country, years=YEARS, categories=categories)
        days = sorted(day.isoformat() for day in found)
        lines += ["", f"[{country}]", "closed = ["]
        lines += [
            "  " + ", ".join(f'"{day}"' for day in days[n : n + 6]) + "," for n in range(0, len(days), 6)
        ]
        lines.append("]")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
