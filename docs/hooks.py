"""What the site holds beside the pages of this folder: MkDocs calls these functions as it builds.

A link that leaves the folder takes its file along, under ``project/``. The formula page, the
commands' options and the entries of the Python reference are made from the program itself.
"""

from __future__ import annotations

import inspect
import posixpath
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import optimizer as op
from optimizer.model.formulation import formulation

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
TAKEN_ALONG = ("CONTRIBUTING.md", "CHANGELOG.md")
OUTSIDE = "project"
FROM_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe)[^>]+src=["'](?:https?:)?//|<link[^>]+href=["'](?:https?:)?//"""
)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:|#)([^)\s#]+)(#[^)\s]*)?\)")
WORDS = {
    "Regions": ("optimizer",),  # and whatever fits nowhere else
    "Solving": ("optimizer.solving", "optimizer.tariffs.case"),
    "Plans": ("optimizer.plan", "optimizer.audit", "optimizer.tariffs"),
    "Studies": ("optimizer.analysis",),
    "Errors": ("optimizer.errors",),
}


def command_reference() -> str:
    """Return every command with its arguments and options, as Markdown."""
    asked = [sys.executable, "-m", "typer", "optimizer.cli.app", "utils", "docs"]
    done = subprocess.run(  # noqa: S603 - our own program
        [*asked, "--name", "optimizer"], check=True, capture_output=True, text=True, cwd=ROOT
    )
    commands = done.stdout[done.stdout.index("\n## ") :]
    return commands.replace("**Usage**:\n\n", "").replace("```console", "```text")


def groups_of_names() -> dict[str, list[str]]:
    """Return the public names by group; the most particular home decides."""
    groups: dict[str, list[str]] = {group: [] for group in WORDS}
    for name in op.__all__:
        home = home_of(name)
        fits = [
            (len(h), group) for group, homes in WORDS.items() for h in homes if home.startswith(h)
        ]
        groups[max(fits)[1]].append(name)
    return groups


def home_of(name: str) -> str:
    """Return the module in which a public name is defined."""
    thing = getattr(op, name)
    return thing.__name__ if inspect.ismodule(thing) else thing.__module__


def api_pages() -> dict[str, str]:
    """Return the pages of the Python reference: one a group of public names."""
    pages = {}
    for group, names in groups_of_names().items():
        entries = [f"::: {path_of(name)}" for name in names]
        pages[f"api/{group.lower()}.md"] = "\n\n".join([f"# {group}", *entries, ""])
    return pages


def path_of(name: str) -> str:
    """Return the whole dotted path of a public name's definition."""
    return home_of(name) if inspect.ismodule(getattr(op, name)) else f"{home_of(name)}.{name}"


def api_index() -> str:
    """Return tables of the public names with their first sentences."""
    lines = []
    for group, names in groups_of_names().items():
        lines += [f"\n## {group}\n", "| name | is |", "|---|---|"]
        for name in names:
            first = (inspect.getdoc(getattr(op, name)) or "").split("\n\n")[0].replace("\n", " ")
            words = re.sub(r":\w+:`~?([\w.]+)`", r"`\1`", first).replace("``", "`")
            lines.append(f"| [`op.{name}`](api/{group.lower()}.md#{path_of(name)}) | {words} |")
    return "\n".join([*lines, ""])


def text_of(path: str) -> str:
    """Return a page of the repository, as the program writes it where the program writes it."""
    made = re.fullmatch(r"optimizer/model/formulation(?:\.(\w+))?\.md", path)
    return formulation(made[1] or "en") if made else (ROOT / path).read_text(encoding="utf-8")


def target_of(page: str, link: str) -> str:
    """Return where a page's link leads, from the top; a folder stands for its README."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link))
    readme = f"{path}/README.md"
    return readme if (ROOT / readme).is_file() else path


def taken_along() -> list[str]:
    """Return the repository's files outside this folder that a chain of links leads to."""
    pages = [p.relative_to(ROOT).as_posix() for p in sorted((ROOT / "docs").rglob("*.md"))]
    found = list(TAKEN_ALONG)
    waiting = [*pages, *TAKEN_ALONG]
    while waiting:
        page = waiting.pop()
        for link in LINK.finditer(text_of(page)):
            path = target_of(page, link[3])
            new = path not in found and not path.startswith("docs/")
            if new and (ROOT / path).is_file():
                found.append(path)
                waiting += [path] if path.endswith(".md") else []
    return found


def relinked(text: str, page: str) -> str:
    """Return a page whose links lead inside the site; what is not there is named without a link."""
    here = posixpath.dirname(place_of(page))

    def lead(link: re.Match[str]) -> str:
        path = target_of(page, link[3])
        if not (ROOT / path).is_file() and not path.startswith("docs/"):
            return link[2]
        return f"{link[1]}[{link[2]}]({posixpath.relpath(place_of(path), here)}{link[4] or ''})"

    return LINK.sub(lead, text)


def place_of(path: str) -> str:
    """Return where a file of the repository stands in the site's sources."""
    return path.removeprefix("docs/") if path.startswith("docs/") else f"{OUTSIDE}/{path}"


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add what links lead to outside this folder, and the Python reference."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - only where a site is built

    for path in taken_along():
        if path.endswith(".md"):
            files.append(File.generated(config, place_of(path), content=text_of(path)))
        else:
            source = str(ROOT / path)
            files.append(File.generated(config, place_of(path), abs_src_path=source))
    for uri, text in api_pages().items():
        files.append(File.generated(config, uri, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - MkDocs names them
    """Complete the pages of commands and names; let every link lead inside the site."""
    uri = page.file.src_uri
    if uri.startswith("api/"):
        return markdown
    outside = uri.startswith(f"{OUTSIDE}/")
    text = relinked(markdown, uri.removeprefix(f"{OUTSIDE}/") if outside else f"docs/{uri}")
    made = {"command_line.md": command_reference, "api.md": api_index}.get(uri)
    return f"{text}\n{made()}" if made else text


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG001 - MkDocs names them
    """Refuse a page that would load anything from elsewhere: the site is read without a network."""
    from mkdocs.exceptions import PluginError  # noqa: PLC0415 - only where a site is built

    loaded = FROM_ELSEWHERE.search(output)
    if loaded:
        message = f"{page.file.src_uri} loads something from elsewhere: {loaded[0]}"
        raise PluginError(message)
    return output
