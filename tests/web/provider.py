"""A small real identity provider on the loopback address, which can be told to lie in one way at a time."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET, SUBJECT = "tranche", "between the two of us", "248289761001"
KEY, OTHER_KEY = (
    RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}) for _key in range(2)
)
REDIRECT = "https://testserver/account/ministry/back/"


@dataclass
class Provider:
    """Issues one code at a time; `claims` and `lies` change what it says."""

    claims: dict[str, Any] = field(default_factory=dict)
    without: str = ""
    algorithm: str = "RS256"
    foreign_key: bool = False
    issuer_in_discovery: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    tokens: int = 0

    def __post_init__(self) -> None:
        self.key, self.other = KEY, OTHER_KEY
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def authorise(self, location: str) -> str:
        """What the browser would do at the provider: sign in, and be sent back; gives the query."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize"
        self.asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return f"?code=the-code&state={self.asked['state']}"

    def answer(self, path: str, form: Mapping[str, str]) -> dict[str, Any] | None:
        match path:
            case "/.well-known/openid-configuration":
                return {
                    "issuer": self.issuer_in_discovery or self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                }
            case "/keys":
                return {**KeySet([self.key]).as_dict(private=False)}
            case "/token":
                return self._token(form)
            case _:
                return None

    def _token(self, form: Mapping[str, str]) -> dict[str, Any] | None:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        expected = (CLIENT, SECRET, REDIRECT, "the-code", self.asked["code_challenge"])
        given = (form["client_id"], form["client_secret"], form["redirect_uri"], form["code"])
        if (*given, challenge.rstrip(b"=").decode()) != expected:
            return None
        self.tokens += 1
        return {"id_token": self._signed(), "access_token": "none", "token_type": "Bearer"}

    def _signed(self) -> str:
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": SUBJECT,
            "nonce": self.asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
        } | self.claims
        said.pop(self.without, None)
        if self.algorithm == "none":
            return ".".join(_part(part) for part in ({"alg": "none"}, said)) + "."
        if self.algorithm == "HS256":
            public = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": "one"}, said, public, algorithms=["HS256"])
        key = self.other if self.foreign_key else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, said, key)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                self._reply({name: values[0] for name, values in parse_qs(body).items()})

            def _reply(self, form: Mapping[str, str]) -> None:
                found = provider.answer(urlsplit(self.path).path, form)
                data = json.dumps(found if found is not None else {"error": "invalid"}).encode()
                self.send_response(200 if found is not None else 400)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing; the test looks at what came of it."""

        return Handler


def _part(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
