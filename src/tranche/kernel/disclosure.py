"""Labels: who may see a field; a field without one is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Label(StrEnum):
    """Ordered from open to closed: public, every donor, the auditor, named persons only."""

    PUBLIC = "public"
    DONOR = "donor"
    AUDITOR = "auditor"
    SEALED = "sealed"


def labels(*, public: str = "", donor: str = "", auditor: str = "", sealed: str = "") -> Mapping[str, Label]:
    """The label of each field, from one list of field names a label; a field named twice is an error."""
    found: dict[str, Label] = {}
    for label, names in (
        (Label.PUBLIC, public),
        (Label.DONOR, donor),
        (Label.AUDITOR, auditor),
        (Label.SEALED, sealed),
    ):
        for name in names.split():
            if name in found:
                raise ValueError(f"field {name} has two labels")
            found[name] = label
    return found
