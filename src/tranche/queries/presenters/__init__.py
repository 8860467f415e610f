"""From query records to words: what pages, reports and the command line print."""

from __future__ import annotations
