"""Pages of which a few words change from one request to the next: drawn once, filled ever after.

The frame of a page costs several times what reading a dossier costs, and it is the same for every
reader who is not signed in. A page is drawn with marks where the words belong, cut there and kept;
the next request only joins the pieces.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from html import escape

from app.doors import render

# Private-use characters: what people type never becomes a mark, it is filled in after the cut.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\w+){_CLOSE}")
_KEPT_PAGES = 512
_kept: OrderedDict[Hashable, list[str]] = OrderedDict()


def marks(words: Mapping[str, str]) -> dict[str, str]:
    """What the template is given instead of the words; it may print them and nothing else."""
    return {name: f"{_OPEN}{name}{_CLOSE}" for name in words}


def filled(words: Mapping[str, str], key: Hashable) -> Callable[..., str]:
    """A way to draw a page (see `render.page`) whose context holds the `marks` of these words.

    `key` is everything else of the context that changes what is drawn. Pages with somebody's name
    on them are drawn anew every time and never kept.
    """

    def draw(template: str, /, **context: object) -> str:
        if render.person.get() != render.NOBODY or render.form_token.get():
            return _join(_cut(template, context), words)
        place = (template, key, render.site.get(), render.first_visit.get())
        if (pieces := _kept.get(place)) is None:
            pieces = _kept[place] = _cut(template, context)
            if len(_kept) > _KEPT_PAGES:
                _kept.popitem(last=False)
        return _join(pieces, words)

    return draw


def _cut(template: str, context: Mapping[str, object]) -> list[str]:
    """The page's text and the names of its marks, in turn."""
    return _MARK.split(render.html(template, **context))


def _join(pieces: list[str], words: Mapping[str, str]) -> str:
    safe = {name: escape(text) for name, text in words.items()}
    return "".join(safe[piece] if n % 2 else piece for n, piece in enumerate(pieces))
