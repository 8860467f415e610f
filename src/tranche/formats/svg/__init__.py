"""Charts as SVG text: typed records in, the same bytes for the same content, all in tenths of a pixel."""

from __future__ import annotations
