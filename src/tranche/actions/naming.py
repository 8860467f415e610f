"""What is odd about a new name beside those in use; it is told, and the name stays as it was typed."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.kernel.names import Named, looks_like, mixes_scripts
from tranche.models import Party, Payee
from tranche.models.fields import NAME_LENGTH_MAX


def name_warning(name: str, owner: str) -> str:
    """Codes by comma: letters of two scripts in one word, and whose name it can be taken for."""
    found = ["mixed_scripts"] if mixes_scripts(name) else []
    found += [f"looks_like {ref}" for ref in looks_like(name, owner, _in_use())]
    while len(", ".join(found)) > NAME_LENGTH_MAX:
        found.pop()
    return ", ".join(found)


def _in_use() -> Iterator[Named]:
    for ref, *names in Party.objects.values_list("ref", "name", "name_uk", "name_lt", "payment_name"):
        yield from (Named(ref, name) for name in names if name)
    for ref, name in Payee.objects.values_list("party__ref", "account_name"):
        yield Named(ref, name)
