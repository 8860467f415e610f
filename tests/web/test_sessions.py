"""What a session's program is called."""

from __future__ import annotations

import pytest

from tranche.web.sessions import program

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18 Safari/604"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome, Linux"),
        (f"{CHROME} Edg/150.0", "Edge, Linux"),
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Safari, iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)
def test_a_program_is_called_as_people_call_it(agent: str, name: str) -> None:
    assert program(agent) == name
