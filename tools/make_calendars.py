"""Make src/tranche/conf/calendars.toml from `holidays`, so that a library upgrade moves no due date.

Run by hand at build time with `holidays` installed; the result is committed and pinned by its hash.
"""

from __future__ import annotations

from pathlib import Path

import holidays

YEARS = range(2022, 2036)
COUNTRIES = ("LT", "UA", "DK", "SE", "IS")
FURTHER = {"DK": "optional", "SE": "de_facto"}
"""Days on which much is closed though the law does not say so; a calendar names them as in DK:optional."""

TARGET = Path(__file__).parent.parent / "src/tranche/conf/calendars.toml"


def main() -> None:
    lines = [
        "# Closed days beside the weekend, made by tools/make_calendars.py: public, then further categories.",
        f'made_with = "holidays {holidays.__version__}"',
    ]
    for country in COUNTRIES:
        lines += _table(country, country, "public")
        if country in FURTHER:
            lines += _table(f"{country}.{FURTHER[country]}", country, FURTHER[country])
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _table(name: str, country: str, category: str) -> list[str]:
    found = holidays.country_holidays(country, years=YEARS, categories=(category,))
    days = sorted(day.isoformat() for day in found)
    rows = ["  " + ", ".join(f'"{day}"' for day in days[n : n + 6]) + "," for n in range(0, len(days), 6)]
    return ["", f"[{name}]", "closed = [", *rows, "]"]


if __name__ == "__main__":
    main()
