"""A small OpenID Connect provider on this machine: code flow with PKCE, discovery, RSA keys, and every mistake on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

ADA = {"sub": "1", "email": "ada@school.example", "email_verified": True, "name": "Ada Lovelace"}


class Provider:
    """A provider that knows one client, and signs one person in.

    Attributes:
        person: what it says about who signs in.
        wrong: claims of the next tokens that are not as they should be; None leaves a claim out.
        signed: how tokens are signed: with the published key (RS256), another one, the client's secret, or not at all.
        metadata: what it says about itself instead.
        status: of every response, such as 503; None if it works.
    """

    client_id, secret = "classroom", "a secret that is long enough to sign a token with"

    def __init__(self) -> None:
        self.person, self.wrong, self.signed, self.metadata, self.status = dict(ADA), {}, "RS256", {}, None
        self.userinfo = None
        self.key, self.other_key = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realms/school"

    def close(self) -> None:
        """Stop, as a provider that is down."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def configuration(self) -> dict[str, object]:
        """Return what it says about itself."""
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        names |= {"userinfo_endpoint": "userinfo"}
        found = {name: f"{self.issuer}/{path}" for name, path in names.items()}
        return found | {"issuer": self.issuer, "id_token_signing_alg_values_supported": ["RS256"]} | self.metadata

    def authorize(self, asked: dict[str, str]) -> str:
        """Return the address that the browser of someone who has signed in is sent to."""
        wanted = {"response_type": "code", "client_id": self.client_id, "code_challenge_method": "S256"}
        assert {name: asked[name] for name in wanted} == wanted
        assert "openid" in asked["scope"].split()
        assert asked["nonce"]
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, object] | None:
        """Return tokens for a code, which works once; None if the request is not valid."""
        asked = self.codes.pop(form.get("code", ""), None)
        known = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        if asked is None or authorization != f"Basic {known}" or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = claims | self.person | self.wrong
        claims = {name: value for name, value in claims.items() if value is not None}
        found = {"access_token": "access", "token_type": "Bearer", "expires_in": 300}
        return found | ({} if self.signed == "missing" else {"id_token": self._signed(claims)})

    def _signed(self, claims: dict[str, object]) -> str:
        if self.signed == "none":
            parts = ({"alg": "none"}, claims)
            encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
            return ".".join((*encoded, ""))
        if self.signed == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self.secret))
        key = self.key if self.signed == "RS256" else self.other_key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path.rpartition("/")[2])
            name = provider.asked[-1]
            if provider.status:
                self._send(provider.status, {})
            elif name == "openid-configuration":
                self._send(200, provider.configuration())
            elif name == "authorize":
                self._send(302, {}, provider.authorize(dict(parse_qsl(parts.query))))
            elif name == "keys":
                self._send(200, {"keys": [provider.key.as_dict(private=False, alg="RS256", use="sig")]})
            elif name == "userinfo" and self.headers["Authorization"] == "Bearer access":
                self._send(200, provider.userinfo or {})
            else:
                self._send(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.asked.append("token")
            form = {name: values[0] for name, values in parse_qs(body).items()}
            found = None if provider.status else provider.token(form, self.headers.get("Authorization", ""))
            self._send(provider.status or (200 if found else 400), found or {"error": "invalid_grant"})

        def _send(self, status: int, content: object, location: str = "") -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
