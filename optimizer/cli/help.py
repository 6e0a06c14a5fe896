"""How the commands are listed: in groups, in plain text, which no bracket of a text can disturb."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter

__all__ = ["Commands", "paragraphs"]


class Commands(TyperGroup):
    """The commands under the headings of their groups, in the order in which they were added."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write one section for each group."""
        groups: dict[str, list[TyperCommand]] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if isinstance(command, TyperCommand) and not command.hidden:
                groups.setdefault(str(command.rich_help_panel), []).append(command)
        longest = max(len(str(c.name)) for commands in groups.values() for c in commands)
        for heading, commands in groups.items():
            rows = [(f"{c.name:<{longest}}", str(c.help).split("\n")[0]) for c in commands]
            with formatter.section(heading):
                formatter.write_dl(rows)


def paragraphs(command: Callable[..., None]) -> str:
    """Return what the docstring of a command says, one line a paragraph, to be wrapped anew.

    Examples
    --------
    >>> def solve() -> None:
    ...     '''Find it.
    ...
    ...     And then
    ...     prove it.
    ...     '''
    >>> paragraphs(solve).splitlines()
    ['Find it.', '', 'And then prove it.']
    """
    text = inspect.getdoc(command) or ""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
