"""For which site security keys answer: pinned by the settings, never taken from a request."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from django.conf import settings

from tranche.actions.policy import in_force
from tranche.formats.security_key import Site
from tranche.kernel.refusals import SignatureRefused

DEMO_ORIGIN = re.compile(r"http://localhost(:[0-9]{1,5})?")
"""A demonstration is served on this computer, on whatever port is free."""


def keys_work() -> bool:
    """Whether this installation can use keys at all."""
    return bool(settings.TRANCHE_ORIGIN or settings.TRANCHE_DEMO)


def site_in_force(client_data: bytes = b"") -> Site:
    """The site of this installation; raises SignatureRefused where none is set.

    A demonstration without a setting believes the port, and nothing else, of what the browser collected.
    """
    policy = in_force()
    origin = settings.TRANCHE_ORIGIN
    if not origin and settings.TRANCHE_DEMO:
        origin = _demo_origin(client_data)
    if not origin:
        raise SignatureRefused("no_site")
    return Site(urlsplit(origin).hostname or "", origin, policy.synced_keys, policy.aaguids)


def _demo_origin(client_data: bytes) -> str:
    try:
        said = json.loads(client_data)["origin"] if client_data else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        said = ""
    return said if isinstance(said, str) and DEMO_ORIGIN.fullmatch(said) else "http://localhost"
