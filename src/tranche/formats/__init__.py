"""Files and texts of others read into typed records, and written again; no Django here."""

from __future__ import annotations
