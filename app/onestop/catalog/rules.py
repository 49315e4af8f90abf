"""Finding a procedure by what a citizen types, with or without marks, with slips. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache

from msgspec import Struct

# Words that carry no subject; they never decide whether a procedure is found.
_EMPTY_WORDS = frozenset(
    "thu tuc xin toi muon can cho lam the nao dau o la va cua ve".split()  # noqa: SIM905
)
_SHORTEST_SUBJECT = 3
_SHORTEST_BEGINNING = 4
_NEAR_ENOUGH = 0.55
_ALMOST = 0.9
_KEEP_NEAR_BEST = 0.85
_NOT_WORD = re.compile(r"[\W_]+")
_FINAL_Y = re.compile(r"(?<=[hklmst])y\b")


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """What is searched of a procedure (thủ tục). `words` are what people call it."""

    code: str
    name: str
    short_name: str
    words: tuple[str, ...] = ()


class _Rank(IntEnum):
    SAME = 0
    STARTS = 1
    PHRASE = 2
    ALMOST = 3
    ASKED = 4
    ALL_WORDS = 5
    NEAR = 6


class _Hit(Struct, frozen=True):
    entry: Entry
    rank: int
    farness: float
    marks_differ: bool

    @property
    def place(self) -> tuple[int, float, bool, int, str]:
        length = len(_key(self.entry.short_name))
        return (self.rank, self.farness, self.marks_differ, length, self.entry.code)


def normalise(text: str) -> str:
    """Folds `text` for comparison: no marks, no case, đ as d, punctuation as single spaces.

    The same answer for composed and decomposed letters; applying it twice changes nothing.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare.replace("đ", "d")).strip()


def search(query: str, entries: Iterable[Entry]) -> list[Entry]:
    """The procedures that answer `query`, best first; empty when it says nothing searchable.

    Order: the very name or code; names that start so; names holding the phrase; what people call
    it; names holding every word; and only if none of these, names nearly so. Shorter names first.
    """
    return [hit.entry for hit in _hits(query, entries)]


def suggestion(query: str, entries: Iterable[Entry]) -> Entry | None:
    """The procedure probably meant when `query` was mistyped; None when something truly matched."""
    hits = _hits(query, entries)
    return hits[0].entry if hits and hits[0].rank in (_Rank.ALMOST, _Rank.NEAR) else None


def did_you_mean(entry: Entry) -> str:
    """The question shown above the results of a mistyped query."""
    return f"Ý ông/bà là “{entry.short_name}”?"


def similarity(query: str, text: str) -> float:
    """How much of `query` is in `text` by groups of three letters: 0 (nothing) to 1 (all of it)."""
    asked = _trigrams(_key(query))
    return len(asked & _trigrams(_key(text))) / len(asked) if asked else 0.0


def _hits(query: str, entries: Iterable[Entry]) -> list[_Hit]:
    asked = _key(query)
    if not asked:
        return []
    kept = list(entries)
    found = {entry.code: hit for entry in kept if (hit := _true_hit(query, asked, entry))}
    if not any(hit.rank <= _Rank.PHRASE for hit in found.values()):
        # A whole name with a slip in it says more than one common word spelt right.
        near = _near_hits(query, asked, kept)
        found |= {h.entry.code: h for h in near if h.rank == _Rank.ALMOST or not found}
    return sorted(found.values(), key=lambda hit: hit.place)


def _true_hit(query: str, asked: str, entry: Entry) -> _Hit | None:
    names = (_key(entry.name), _key(entry.short_name))
    calls = [_key(words) for words in entry.words]
    if asked in (*names, *calls) or _same_code(query, entry.code):
        return _hit(_Rank.SAME, 0, query, entry)
    if any(name.startswith(asked + " ") for name in names):
        return _hit(_Rank.STARTS, 0, query, entry)
    if any(f" {asked} " in f" {text} " for text in (*names, *calls)):
        return _hit(_Rank.PHRASE, 0, query, entry)
    if said := [call for call in calls if f" {call} " in f" {asked} "]:
        return _hit(_Rank.ASKED, -max(map(len, said)), query, entry)
    if _all_words(asked, " ".join((*names, *calls))):
        return _hit(_Rank.ALL_WORDS, 0, query, entry)
    return None


def _near_hits(query: str, asked: str, entries: Sequence[Entry]) -> list[_Hit]:
    scored = [(_nearness(asked, entry), entry) for entry in entries]
    best = max((score for score, _ in scored), default=0.0)
    floor = max(_NEAR_ENOUGH, best * _KEEP_NEAR_BEST)
    return [
        _hit(_Rank.ALMOST if score >= _ALMOST else _Rank.NEAR, -score, query, entry)
        for score, entry in scored
        if score >= floor
    ]


def _nearness(asked: str, entry: Entry) -> float:
    texts = map(_key, (entry.name, entry.short_name, *entry.words))
    return round(max(_closeness(_trigrams(asked), _trigrams(text)) for text in texts), 3)


def _closeness(asked: frozenset[str], held: frozenset[str]) -> float:
    # Mostly "is what was typed in there", a little "and not much else", so the plain name wins.
    shared = len(asked & held)
    return 0.6 * shared / len(asked) + 0.8 * shared / (len(asked) + len(held))


def _hit(rank: _Rank, farness: float, query: str, entry: Entry) -> _Hit:
    marked = unicodedata.normalize("NFC", query).casefold().strip()
    differ = marked not in unicodedata.normalize("NFC", entry.name).casefold()
    return _Hit(entry, rank, farness, differ)


def _same_code(query: str, code: str) -> bool:
    typed = query.strip()
    return len(typed) >= 5 and (typed == code or code.startswith(typed) or typed.startswith(code))


def _all_words(asked: str, text: str) -> bool:
    words = [word for word in asked.split() if word not in _EMPTY_WORDS]
    if not any(len(word) >= _SHORTEST_SUBJECT for word in words):
        return False
    held = text.split()
    return all(any(_begins(word, other) for other in held) for word in words)


def _begins(word: str, other: str) -> bool:
    # A short syllable begins hundreds of others; only a longer one may be a word half typed.
    return word == other or (len(word) >= _SHORTEST_BEGINNING and other.startswith(word))


@lru_cache(maxsize=16384)
def _key(text: str) -> str:
    # "kí" and "ký" are one word to a citizen, and nobody types "thủ tục" for the sake of it.
    return _FINAL_Y.sub("i", normalise(text)).removeprefix("thu tuc ")


@lru_cache(maxsize=16384)
def _trigrams(text: str) -> frozenset[str]:
    padded = [f"  {word} " for word in text.split()]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
