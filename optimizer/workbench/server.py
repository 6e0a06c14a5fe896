"""The workbench as a web application: a thin layer of addresses over rooms."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from optimizer.errors import OptimizerError
from optimizer.messages.words import LANGUAGES, words_of
from optimizer.workbench import answers
from optimizer.workbench.commands import wish_of
from optimizer.workbench.draft import DraftError
from optimizer.workbench.exports import EXPORTS, exported
from optimizer.workbench.house import House
from optimizer.workbench.room import Room
from optimizer.workbench.texts import page_texts
from optimizer.workbench.uploads import UPLOAD_BYTES

__all__ = ["application"]

BODY_MOST = 2_000_000
"""Bytes of one request; a command that moves 100,000 towns stays below."""
BEAT_SECONDS = 5.0
ASSETS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
}

Handler = Callable[[Room, Any], object]


def application(house: House) -> Starlette:
    """Return the web application of a house."""
    addresses = _Addresses(house)
    return Starlette(
        routes=[
            Route("/", addresses.page),
            Route("/assets/{name}", addresses.asset),
            Route("/api/start", addresses.start),
            Route("/api/open", addresses.open, methods=["POST"]),
            Route("/api/upload", addresses.upload, methods=["POST"]),
            Route("/api/{room}/events", addresses.events),
            Route("/api/{room}/export/{kind}", addresses.export),
            Route("/api/{room}/{what}", addresses.look, methods=["GET"]),
            Route("/api/{room}/{what}", addresses.act, methods=["POST"]),
        ]
    )


def _view(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    del sent
    return room.view()


def _done(change: Callable[[Room, Any], object]) -> Handler:
    def handler(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
        change(room, sent)
        return room.view()

    return handler


def _site(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    del sent
    region = room.desk.instance
    return {
        **room.site.picture,
        "title": region.title,
        "currency": region.currency,
        "language": room.words.language,
        "texts": page_texts(room.words),
        "groupings": ["alone", "together", *map(str, region.groupings)],
        "tray": _tray(room, None),
    }


def _tray(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    del sent
    return [
        {"name": own.name, "status": room.words(_status_words(own.status)), "folder": own.folder}
        for own in room.tray.values()
    ]


def _status_words(status: str) -> str:
    return {
        "optimal": "proven best",
        "within_gap": "within the gap asked for",
        "time_limit": "best found, not proven",
        "interrupted": "best when stopped",
    }.get(status, "a grouping of your own")


def _kept(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    name = str(sent.get("name", "")).strip()[:120] or room.words("plan")
    room.keep(name)
    return _tray(room, None)


def _dropped(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    room.drop(str(sent.get("name", "")))
    return _tray(room, None)


def _grouping(room: Room, sent: Any) -> None:  # noqa: ANN401 - what a page sent
    # A grouping by one of the region's names; a path is none of them.
    name = str(sent.get("name", ""))
    region = room.desk.instance
    if name not in {"alone", "together", *map(str, region.groupings)}:
        raise DraftError(f"there is no grouping {name!r}")
    labels = answers.named_grouping(room.desk.region(), name)
    room.use(name, lambda draft: draft.regrouped(labels))


def _solve(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    seconds = sent.get("seconds", 60)
    if not isinstance(seconds, int | float) or not 0 < seconds <= 86_400:
        raise DraftError("seconds must be a number between 0 and 86,400")
    room.solve(float(seconds))
    return {"searching": True}


def _stop(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    del sent
    room.stop()
    return {"searching": False}


def _why(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    plan = room.desk.plan(audited=False)
    town = str(sent.get("town", ""))
    if town not in room.desk.draft.towns:
        raise DraftError(f"no such town: {town}")
    return {"words": answers.why_here(plan, town)}


def _stay(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    del sent
    revision = room.desk.revision
    return {"revision": revision, **answers.stay(room.desk.plan(audited=False))}


def _price(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    return {"words": answers.price(room.desk.plan(audited=False), str(sent.get("rule", "")))}


def _planview(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    return room.shown(str(sent.get("name", "")))


def _difference(room: Room, sent: Any) -> object:  # noqa: ANN401 - what a page sent
    names = (str(sent.get("one", "")), str(sent.get("other", "")))
    here = room.words("on the desk")
    one, other = (
        room.desk.plan(audited=True) if name == "" else room.plan_of(name) for name in names
    )
    return answers.difference(one, other, (names[0] or here, names[1] or here), room.words)


LOOKS: dict[str, Handler] = {
    "site": _site,
    "view": _view,
    "broken": lambda room, _: room.broken(),
    "promises": lambda room, _: room.promises(),
    "tray": _tray,
    "why": _why,
    "stay": _stay,
    "price": _price,
    "planview": _planview,
    "difference": _difference,
}
ACTS: dict[str, Handler] = {
    "do": _done(lambda room, sent: room.do(wish_of(sent))),
    "undo": _done(lambda room, _: room.undo()),
    "redo": _done(lambda room, _: room.redo()),
    "grouping": _done(_grouping),
    "take": _done(lambda room, sent: room.take(str(sent.get("name", "")))),
    "language": _done(lambda room, sent: room.speak(str(sent.get("language", "")))),
    "keep": _kept,
    "drop": _dropped,
    "solve": _solve,
    "stop": _stop,
}


class _Addresses:
    """What stands behind every address of the page."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def page(self, request: Request) -> Response:
        del request
        return _asset("index.html")

    async def asset(self, request: Request) -> Response:
        return _asset(request.path_params["name"])

    async def start(self, request: Request) -> Response:
        words = words_of(_language(request.query_params.get("language", "en")))
        return JSONResponse(
            {
                "regions": [
                    {"key": offer.key, "plans": list(offer.plans)}
                    for offer in self._house.offers.values()
                ],
                "sessions": self._house.sessions(),
                "texts": page_texts(words),
            }
        )

    async def open(self, request: Request) -> Response:
        def opened(sent: Any) -> object:  # noqa: ANN401 - what a page sent
            language = _language(str(sent.get("language", "en")))
            return {"room": self._house.open(str(sent.get("region", "")), language)}

        return await _answer(request, opened)

    async def upload(self, request: Request) -> Response:
        """Take a file of the visitor's own."""
        name, body = request.query_params.get("name", ""), bytearray()
        async for part in request.stream():
            body += part
            if len(body) > UPLOAD_BYTES:
                return JSONResponse({"error": "that is too large"}, 413)

        def made() -> object:
            key, said = self._house.upload(name, bytes(body))
            return {"key": key, "said": said}

        return await _answered(made)

    async def look(self, request: Request) -> Response:
        handler = LOOKS.get(request.path_params["what"])
        if handler is None:
            return JSONResponse({"error": "there is nothing at this address"}, 404)
        name, asked = request.path_params["room"], dict(request.query_params)
        return await _answered(lambda: handler(self._house.room(name), asked))

    async def act(self, request: Request) -> Response:
        handler = ACTS.get(request.path_params["what"])
        if handler is None:
            return JSONResponse({"error": "there is nothing at this address"}, 404)
        name = request.path_params["room"]
        return await _answer(request, lambda sent: handler(self._house.room(name), sent))

    async def export(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in EXPORTS:
            return JSONResponse({"error": "there is nothing at this address"}, 404)
        name = request.path_params["room"]
        plan_name = request.query_params.get("name", "")

        def made() -> bytes:
            room = self._house.room(name)
            plan = room.plan_of(plan_name) if plan_name else room.desk.plan(audited=True)
            return exported(plan, kind, room.words.language)

        try:
            content = await run_in_threadpool(made)
        except OptimizerError as error:
            return JSONResponse({"error": str(error)}, 400)
        what = EXPORTS[kind]
        shown = {"content-disposition": f'attachment; filename="{what.file}"'}
        return Response(content, media_type=what.media, headers=shown)

    async def events(self, request: Request) -> Response:
        try:
            room = await run_in_threadpool(self._house.room, request.path_params["room"])
        except OptimizerError as error:
            return JSONResponse({"error": str(error)}, 404)
        listener: queue.Queue[dict[str, object]] = queue.Queue()
        room.events.append(listener)

        async def told() -> AsyncIterator[str]:
            waited = 0.0
            try:
                yield ": here\n\n"
                while not await request.is_disconnected():
                    try:
                        event = listener.get_nowait()
                    except queue.Empty:
                        await asyncio.sleep(0.1)
                        waited += 0.1
                        if waited >= BEAT_SECONDS:
                            waited = 0.0
                            yield ": still here\n\n"
                        continue
                    yield f"data: {json.dumps(event)}\n\n"
            finally:
                room.events.remove(listener)

        return StreamingResponse(told(), media_type="text/event-stream")


def _language(asked: str) -> str:
    return asked if asked in LANGUAGES else "en"


def _asset(name: str) -> Response:
    home = files("optimizer.workbench").joinpath("assets")
    known = {file.name: file for file in home.iterdir()}
    kind = ASSETS.get("." + name.rpartition(".")[2])
    if name not in known or kind is None:
        return JSONResponse({"error": "there is nothing at this address"}, 404)
    return Response(known[name].read_bytes(), media_type=kind)


async def _answer(request: Request, handler: Callable[[Any], object]) -> Response:
    """Answer a request with a body."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_MOST:
            return JSONResponse({"error": "that is too large"}, 413)
    try:
        sent = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return JSONResponse({"error": "that is not JSON"}, 400)
    if not isinstance(sent, dict):
        return JSONResponse({"error": "that is not JSON of an object"}, 400)
    return await _answered(lambda: handler(sent))


async def _answered(made: Callable[[], object]) -> Response:
    """Answer with what a function returns, or with what is wrong in words."""
    try:
        return JSONResponse(await run_in_threadpool(made))
    except OptimizerError as error:
        return JSONResponse({"error": str(error)}, 400)
