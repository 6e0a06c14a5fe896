"""Who may talk to the workbench: this machine's browser, on its own page, with the password."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Guard"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the page may load: its own files, nothing from elsewhere, no script inside the page."""


class Guard:
    """Refuses requests from other pages, for other names, or without the password.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    hosts : iterable of str
        Names under which the server may be asked, with the port; others may be a page elsewhere
        that has its name point here. Without any, every address in figures is answered.
    password : str
        Asked for where it is not empty.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], password: str = "") -> None:
        self._app, self._hosts, self._password = app, frozenset(hosts), password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refused(Headers(scope=scope), scope["method"])
        if refused is not None:
            await refused(scope, receive, send)
            return

        async def with_headers(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                own = [
                    (b"content-security-policy", POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                    (b"cache-control", b"no-store"),
                ]
                message["headers"] = [*list(message["headers"]), *own]  # type: ignore[call-overload]
            await send(message)

        await self._app(scope, receive, with_headers)  # type: ignore[arg-type]

    def _refused(self, headers: Headers, method: str) -> Response | None:
        host = headers.get("host", "")
        if not self._serves(host):
            return PlainTextResponse("this name is not served here", 421)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return PlainTextResponse("requests from other pages are refused", 403)
        if method not in {"GET", "HEAD"} and headers.get("x-workbench") != "1":
            return PlainTextResponse("requests from other pages are refused", 403)
        if self._password and not self._knows(headers.get("authorization", "")):
            asks = {"www-authenticate": 'Basic realm="workbench", charset="UTF-8"'}
            return PlainTextResponse("a password is needed", 401, headers=asks)
        return None

    def _serves(self, host: str) -> bool:
        if self._hosts:
            return host in self._hosts
        try:
            ipaddress.ip_address(urlsplit(f"//{host}").hostname or "")
        except ValueError:
            return False
        return True

    def _knows(self, authorization: str) -> bool:
        kind, _, given = authorization.partition(" ")
        try:
            words = base64.b64decode(given, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return False
        same = hmac.compare_digest(words.partition(":")[2].encode(), self._password.encode())
        return kind.lower() == "basic" and same
