"""Signing in with a ministry's account: the whole way through a real provider, every lie of it refused."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from tests.office import Office
from tests.web.provider import CLIENT, REDIRECT, SECRET, SUBJECT, Provider

from tranche.models import Identity, Login
from tranche.web.oidc import BadProviderFile, provider_from
from tranche.web.views import oidc as views

BEGIN, END = "/account/ministry/", "/account/ministry/back/"


def write_file(path: Path, issuer: str, **more: str) -> Path:
    data = {"issuer": issuer, "client_id": CLIENT, "client_secret": SECRET, "title": "The Ministry"}
    path.write_text(json.dumps(data | {"redirect_uri": REDIRECT} | more), encoding="utf-8")
    return path


@pytest.fixture
def provider(office: Office, tmp_path: Path) -> Iterator[Provider]:
    """A provider whose account opens the sign-in of the Lithuanian approver."""
    found = Provider()
    login = Login.objects.get(username="lt.approver").id
    office.do(
        "operator",
        "authority.link_identity",
        "ua.approver1",
        login=login,
        issuer=found.issuer,
        subject=SUBJECT,
    )
    views._provider.cache_clear()
    with override_settings(TRANCHE_OIDC_FILE=write_file(tmp_path / "oidc.json", found.issuer)):
        yield found
    found.stop()


def come_back(provider: Provider, client: Client, path: str = BEGIN) -> Any:
    location = client.get(path).headers["Location"]
    return client.get(END + provider.authorise(location))


def test_a_linked_account_opens_the_page_that_was_asked_for(provider: Provider) -> None:
    client = Client()

    answer = come_back(provider, client, f"{BEGIN}?next=/people/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/people/")
    assert "lt.approver" in client.get("/people/").content.decode()
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["response_type"] == "code"


def at_this_moment(value: Any) -> Any:
    """Claims with each distance from now made a moment: names of tests must not depend on the clock."""
    if not isinstance(value, dict):
        return value
    now = int(time.time())
    return {k: now + int(v.total_seconds()) if isinstance(v, timedelta) else v for k, v in value.items()}


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"iss": "https://elsewhere.example"}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": [CLIENT, "another"]}},
        {"claims": {"azp": "another"}},
        {"claims": {"exp": timedelta(seconds=-61)}},
        {"claims": {"iat": timedelta(seconds=-3_600)}},
        {"claims": {"iat": timedelta(seconds=3_600)}},
        {"claims": {"auth_time": timedelta(seconds=-3_600)}},
        {"claims": {"exp": True}},
        {"claims": {"nonce": "of an earlier sign-in"}},
        {"claims": {"sub": "somebody else"}},
        {"claims": {"sub": ""}},
        {"without": "nonce"},
        {"without": "exp"},
        {"without": "aud"},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"foreign_key": True},
        {"issuer_in_discovery": "https://elsewhere.example"},
    ],
    ids=str,
)
def test_every_lie_is_refused(provider: Provider, lie: dict[str, Any]) -> None:
    client = Client()
    location = client.get(BEGIN).headers["Location"]
    for name, value in lie.items():
        setattr(provider, name, at_this_moment(value))

    answer = client.get(END + provider.authorise(location))

    assert answer.status_code == 422
    assert client.get("/people/").status_code == 302


def test_an_answer_counts_once_and_only_in_its_own_browser(provider: Provider) -> None:
    client, other = Client(), Client()
    query = provider.authorise(client.get(BEGIN).headers["Location"])

    assert other.get(END + query).status_code == 422
    assert client.get(END + query).status_code == 303
    assert client.get(END + query).status_code == 422
    assert provider.tokens == 1


def test_another_state_is_refused_before_the_provider_is_asked(provider: Provider) -> None:
    client = Client()
    provider.authorise(client.get(BEGIN).headers["Location"])

    assert client.get(f"{END}?code=the-code&state=another").status_code == 422
    assert provider.tokens == 0


def test_a_flow_that_took_too_long_is_refused(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    query = provider.authorise(client.get(BEGIN).headers["Location"])
    monkeypatch.setattr("tranche.web.oidc.FLOW_MAX_S", -1)

    assert client.get(END + query).status_code == 422


def test_an_ended_link_and_a_shut_sign_in_open_nothing(office: Office, provider: Provider) -> None:
    identity = Identity.objects.get().id
    office.do("lt.approver", "authority.unlink_identity", identity=identity)

    assert come_back(provider, Client()).status_code == 422


def test_a_shut_sign_in_opens_nothing(office: Office, provider: Provider) -> None:
    login = Login.objects.get(username="lt.approver").id
    office.do("operator", "authority.disable_login", login=login)

    assert come_back(provider, Client()).status_code == 422


def test_the_provider_breaks_off(provider: Provider) -> None:
    client = Client()
    provider.authorise(client.get(BEGIN).headers["Location"])

    answer = client.get(f"{END}?error=access_denied&state={provider.asked['state']}")

    assert answer.status_code == 422
    assert "broken off" in answer.content.decode()


def test_a_provider_that_is_down_signs_nobody_in(provider: Provider) -> None:
    provider.stop()

    answer = Client().get(BEGIN)

    assert answer.status_code == 422
    provider.__post_init__()


def test_without_a_file_there_is_no_such_page(office: Office) -> None:
    assert Client().get(BEGIN).status_code == 404
    assert Client().get(END).status_code == 404
    assert "Sign in with The Ministry" not in Client().get("/account/login/").content.decode()


def test_the_sign_in_page_offers_the_ministry(provider: Provider) -> None:
    assert "Sign in with The Ministry" in Client().get("/account/login/").content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "http://provider.example"},
        {"issuer": "https://user@provider.example"},
        {"redirect_uri": "javascript:alert(1)"},
        {"client_secret": ""},
        {"extra": "field"},
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, more: dict[str, str]) -> None:
    path = write_file(tmp_path / "oidc.json", "https://provider.example")
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | more), encoding="utf-8")

    with pytest.raises(BadProviderFile):
        provider_from(path)
