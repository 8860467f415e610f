"""Compiles the message catalogues with Babel, when a package is built and when run as a program."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALES = Path("src/tranche/locale")


def compile_catalogues(root: Path) -> tuple[Path, ...]:
    """Write the .mo file beside each .po file, fuzzy messages left out, and return what was written."""
    written = []
    for source in sorted((root / LOCALES).glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name, abort_invalid=True)
        target = source.with_suffix(".mo")
        with target.open("wb") as compiled:
            write_mo(compiled, catalogue)
        written.append(target)
    return tuple(written)


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own parameter has no default
    """Puts fresh catalogues into every wheel and editable install."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    compile_catalogues(Path(__file__).resolve().parent)
