"""A workbench that runs in a thread, and what a page would ask of it."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from optimizer.workbench.house import House, Offer
from tests.paths import ROOT

__all__ = ["Asked", "Bench", "serving"]


@dataclass(frozen=True)
class Asked:
    """An answer of the server: status, headers, content."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The content as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Bench:
    """A running workbench."""

    address: str
    house: House

    def ask(
        self, path: str, sent: object = None, *, headers: dict[str, str] | None = None
    ) -> Asked:
        """Ask as the page does; a body makes it a POST."""
        body = None if sent is None else json.dumps(sent).encode()
        own = {"X-Workbench": "1", **(headers or {})}
        request = urllib.request.Request(self.address + path, body, own)  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - ours
                return Asked(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Asked(error.code, dict(error.headers), error.read())

    def look(self, path: str, **asked: str) -> Any:
        """Return what an address shows."""
        answer = self.ask(f"{path}?{urllib.parse.urlencode(asked)}")
        assert answer.status == 200, answer.body
        return answer.json

    def act(self, path: str, **sent: object) -> Any:
        """Do something and return the answer."""
        answer = self.ask(path, sent)
        assert answer.status == 200, answer.body
        return answer.json

    def open(self, region: str) -> str:
        """Open a room and return its address."""
        return f"/api/{self.act('/api/open', region=region)['room']}"


@contextmanager
def serving(results: Path, *regions: str, password: str = "") -> Iterator[Bench]:
    """Serve bundled regions on a free port of this machine."""
    uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed")
    pytest.importorskip("starlette", reason="starlette is not installed")
    from optimizer.workbench.opening import listening  # noqa: PLC0415 - an extra
    from optimizer.workbench.security import Guard  # noqa: PLC0415 - an extra
    from optimizer.workbench.server import application  # noqa: PLC0415 - an extra

    offers = [Offer(name, ROOT / "instances" / name) for name in regions]
    house = House(offers, results)
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        hosts = [f"127.0.0.1:{port}", f"localhost:{port}"]
        guarded = Guard(application(house), hosts, password)
        server = uvicorn.Server(uvicorn.Config(guarded, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield Bench(f"http://127.0.0.1:{port}", house)
        finally:
            server.should_exit = True
            server.force_exit = True
            thread.join(10)
            house.close()
