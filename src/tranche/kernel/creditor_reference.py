"""ISO 11649 creditor references: `RF`, two check digits (mod 97), at most 21 letters and digits."""

from __future__ import annotations

import re

BODY = re.compile(r"[0-9A-Z]{1,21}")


def creditor_reference(ref: str) -> str | None:
    """The RF reference of our own reference; None where its letters and digits are too many."""
    body = ref.replace("-", "")
    if not BODY.fullmatch(body):
        return None
    return f"RF{98 - _remainder(f'{body}RF00'):02}{body}"


def is_creditor_reference(text: str) -> bool:
    """Whether form and check digits hold."""
    body = text[4:]
    formed = text.startswith("RF") and text[2:4].isascii() and text[2:4].isdigit() and BODY.fullmatch(body)
    return bool(formed) and _remainder(body + text[:4]) == 1


def _remainder(text: str) -> int:
    """Letters count 10 to 35, as in ISO 7064."""
    return int("".join(str(int(character, 36)) for character in text)) % 97
