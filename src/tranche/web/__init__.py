"""Pages: a view parses, calls one query or one action, and renders."""

from __future__ import annotations
