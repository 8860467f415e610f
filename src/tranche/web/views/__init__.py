"""One module of views a noun, its forms beside it."""

from __future__ import annotations
