"""Write who may do what into tests/golden/policy.csv and docs/policy.md, from the tables of the kernel.

Run by hand after a change of the tables; the tests compare both files with the tables.
"""

from __future__ import annotations

from pathlib import Path

from tranche.kernel.matrix import as_csv, as_markdown, matrix
from tranche.kernel.policy import Policy

ROOT = Path(__file__).parent.parent
BEGIN = "<!-- made by tools/make_policy.py -->\n"


def main() -> None:
    lines = matrix(Policy("first_run"))
    (ROOT / "tests/golden/policy.csv").write_text(as_csv(lines), encoding="utf-8")
    page = ROOT / "docs/policy.md"
    kept = page.read_text(encoding="utf-8").partition(BEGIN)[0]
    page.write_text(kept + BEGIN + as_markdown(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
