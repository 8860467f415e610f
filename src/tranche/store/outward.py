"""Asking another server: no redirect is followed, no proxy is used, and no long answer is read."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, Final, NamedTuple


class Answer(NamedTuple):
    """What came back; `kind` is the type of the body."""

    status: int
    kind: str
    body: bytes


class TooLong(ValueError):
    """An answer with more bytes than are read."""


def ask(
    address: str,
    body: bytes | None = None,
    *,
    seconds_max: float,
    bytes_max: int,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Get from an http or https address, or post where there is a body; raises OSError, TooLong."""
    request = urllib.request.Request(address, data=body, headers=headers or {})  # noqa: S310 - callers check the scheme
    try:
        with _OPENER.open(request, timeout=seconds_max) as response:
            return _read(response, bytes_max)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error, bytes_max)
    except HTTPException as error:  # an answer that is no HTTP is as good as none
        raise OSError(f"{type(error).__name__}: {error}") from error


def _read(response: Any, bytes_max: int) -> Answer:
    raw = response.read(bytes_max + 1)
    if len(raw) > bytes_max:
        raise TooLong(f"more than {bytes_max} bytes")
    return Answer(response.status, response.headers.get_content_type(), raw)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
