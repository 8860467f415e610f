"""Bank statements in and out: ISO 20022 camt.053."""

from __future__ import annotations
