"""Start the workbench: read what was given, serve it on this machine, open the browser."""

from __future__ import annotations

import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path

from optimizer.errors import OptimizerError
from optimizer.instance.instance import Instance
from optimizer.plan.folder import RUN_FILE
from optimizer.plan.plan import Plan
from optimizer.plan.store import read_plan
from optimizer.workbench.house import House, Offer

__all__ = ["listening", "open"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MISSING = (
    "the workbench needs two more packages: python -m pip install 'town-water-optimizer[workbench]'"
)


def open(
    *given: str | Path | Plan,
    host: str = "127.0.0.1",
    port: int = 0,
    password: str | None = None,
    results: str | Path = "results",
    browser: bool = True,
    on_start: Callable[[str], None] | None = None,
) -> None:
    """Open the workbench in the browser and serve it until it is stopped (Ctrl-C).

    Parameters
    ----------
    *given : str, path or Plan
        Folders of regions, folders of runs, or plans. Plans and runs of a region lie in its tray.
    host : str
        Address to listen on; only this machine by default. Another one asks for a password.
    port : int
        Port; a free one by default.
    password : str, optional
        What visitors must know; one is made where the address is not this machine's.
    results : str or path
        Where sessions and runs are kept.
    browser : bool
        Whether to open the page.
    on_start : callable, optional
        Called with the address of the page, and the password where there is one.

    Raises
    ------
    OptimizerError
        If nothing can be opened, the port is taken, or Starlette and uvicorn are not installed.

    Examples
    --------
    >>> import optimizer as op
    >>> op.open("instances/pair")  # doctest: +SKIP
    """
    try:
        import uvicorn  # noqa: PLC0415 - an extra

        from optimizer.workbench.security import Guard  # noqa: PLC0415 - an extra
        from optimizer.workbench.server import application  # noqa: PLC0415 - an extra
    except ImportError:
        raise OptimizerError(MISSING) from None
    offers = _offers(given)
    near = host in LOOPBACK
    secret = password if password is not None else "" if near else secrets.token_urlsafe(9)
    if not near and not secret:
        raise OptimizerError("an address that others can reach needs a password")
    house = House(offers, Path(results))
    with listening(host, port) as listener:
        port = listener.getsockname()[1]
        names = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]
        names += [] if near or _is_address(host) else [f"{host}:{port}"]
        anywhere = not near and _is_address(host)
        guarded = Guard(application(house), () if anywhere else names, secret)
        shown = "127.0.0.1" if near or host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared
        address = f"http://{shown}:{port}/"
        if on_start is not None:
            on_start(address if not secret else f"{address}  (password: {secret})")
        if browser:
            threading.Timer(1.0, webbrowser.open, [address]).start()
        config = uvicorn.Config(
            guarded, log_level="warning", lifespan="off", timeout_graceful_shutdown=1
        )
        try:
            uvicorn.Server(config).run(sockets=[listener])
        except KeyboardInterrupt:
            pass
        finally:
            house.close()


def listening(host: str, port: int) -> socket.socket:
    """Return a socket of an address; port 0 takes a free one.

    Raises
    ------
    OptimizerError
        If the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise OptimizerError(f"{host}:{port} cannot be listened on: {error.strerror}") from None
    return made


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _offers(given: Sequence[str | Path | Plan]) -> list[Offer]:
    """Return the regions to choose from, the plans of each in its tray."""
    offers: dict[str, Offer] = {}
    for thing in given:
        plan = thing if isinstance(thing, Plan) else None
        folder = Path() if isinstance(thing, Plan) else Path(thing)
        if plan is None and (folder / RUN_FILE).is_file():
            plan = read_plan(folder)
        key = _key(plan.instance if plan is not None else None, folder)
        if plan is None:
            offers[key] = Offer(key, folder)
            continue
        known = offers.get(key, Offer(key, folder))
        title = folder.name or f"plan {len(known.plans) + 1}"
        offers[key] = Offer(key, known.folder, {**known.plans, title: plan})
    return list(offers.values())


def _key(region: Instance | None, folder: Path) -> str:
    name = folder.resolve().name if region is None else region.name
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name) or "region"
