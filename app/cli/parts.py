"""What every part of the command line shares: verbs, files named on it, what was done noted."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from tenants import provision
from tenants.provision import ProvisionError

Verb = Callable[[argparse.Namespace], Awaitable[None]]
Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_verb(verbs: Verbs, name: str, verb: Verb, *words: str) -> argparse.ArgumentParser:
    """A verb with the words it needs, for the caller to add options to.

    --help says of it what its function says of itself.
    """
    told = (verb.__doc__ or "").strip().rstrip(".")
    parser = verbs.add_parser(name, help=told, description=told)
    parser.set_defaults(verb=verb)
    for word in words:
        parser.add_argument(word)
    return parser


def content_of(path: str) -> str:
    """The text of a file named on the command line, as an argument's type."""
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path} cannot be read: {error.strerror}") from None


def who() -> str:
    """Who is at the keyboard, as far as the machine knows."""
    return os.environ.get("USER") or "kỹ thuật viên vận hành"


async def note(act: str, slug: str | None, **detail: object) -> None:
    """Leave a row about what the vendor did, under the name of who is at the keyboard."""
    await provision.note(who(), act, slug, **detail)


async def confirm(slug: str, given: str | None) -> None:
    """Have the tenant's name typed before all its data goes; ProvisionError for another one."""
    question = f"All data of {slug} will be gone. Type its name: "
    name = await asyncio.to_thread(_answer, question) if given is None else given
    if name.strip() != slug:
        raise ProvisionError("the name does not match; nothing was changed")


def _answer(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        return ""
