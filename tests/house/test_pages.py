"""What the pages for readers tell is there: buttons, commands, settings, paths and links."""

import contextlib
import io
import re
import shlex
from functools import cache
from pathlib import Path

import msgspec
import pytest

from app.cli.main import parser
from infra.settings import Settings

HOUSE = Path(__file__).parents[2]
PAGES = sorted([*HOUSE.glob("*.md"), *HOUSE.glob("docs/*.md"), *HOUSE.glob("infra/deploy/**/*.md")])
GUIDES = [
    HOUSE / f"docs/huong-dan-{who}.md" for who in ("nguoi-dan", "can-bo", "quan-tri", "hop-dong")
]
_PATH = r"`((?:app|billing|docs|infra|storage|tenants|tests)/[\w./*-]+)(?:::\w+)?`"
# What is bold in a guide without being the name of anything on a page.
_STRESSED = {"Phụ lục", "niêm phong", "sai lệch", "tên tắt", "Cảnh báo", "Giới hạn"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_settings_and_links_of_a_page_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target
    for path in re.findall(_PATH, text):
        assert any(HOUSE.glob(path)) or _member(path), path
    known = {f"MOTCUA_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
    for name in re.findall(r"MOTCUA_[A-Z_0-9]+", text):
        assert name in known or name.removesuffix("_FILE") in known, name
    for module in re.findall(r"python3? -m ((?:app|infra|tests)[\w.]*\w)", text):
        path = HOUSE / module.replace(".", "/")
        assert path.exists() or path.with_suffix(".py").exists(), module
    targets = re.findall(r"^([a-z-]+):", (HOUSE / "Makefile").read_text(), flags=re.M)
    for target in re.findall(r"(?:`| {4}|up )make ([a-z-]+)", text):
        assert target in targets, target


def _member(path: str) -> bool:
    """`infra/sealed.derive`: a name within a module."""
    file, _, name = path.partition(".")
    code = HOUSE / f"{file}.py"
    return code.exists() and bool(re.search(rf"^(?:async )?def {name}\b", code.read_text(), re.M))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_a_page_are_taken_as_they_stand(page: Path) -> None:
    command = parser()
    for line in _commands(page.read_text().replace("\\\n", " ")):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
            command.parse_args(shlex.split(line))
        # A file of the reader's, a word in capitals for a number, a command named in a sentence.
        excused = ("cannot be read", "invalid int value", "are required")
        assert not said.getvalue() or any(why in said.getvalue() for why in excused), line


def _commands(text: str) -> list[str]:
    """Whole commands, without those that leave something to be filled in or chosen."""
    found = re.findall(r"^ *(?:sudo )?(?:\w+=\S+ )?motcua (.+)$", text, flags=re.M)
    found += re.findall(r"`(?:sudo )?(?:\w+=\S+ )?motcua ([^`\n]+)`", text)
    whole = (re.sub(r"<[^>]+>", "X", re.sub(r"\s+#.*", "", line)) for line in found)
    return [line for line in whole if not re.search(r"[\[\]|…]", line)]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_what_a_guide_tells_to_press_stands_on_a_page_in_these_words(guide: Path) -> None:
    for words in dict.fromkeys(re.findall(r"\*\*(.+?)\*\*", guide.read_text())):
        if words.rstrip(".:") in _STRESSED:
            continue
        shown = rf"[>\"'}}]\s*{re.escape(words.rstrip('.:'))}\s*[<\"'{{:]"
        assert re.search(shown, _shown()), words


@cache
def _shown() -> str:
    """Everything that may be put on a page or a slip."""
    app = HOUSE / "app"
    files = [*app.rglob("*.html"), *app.rglob("*.py"), *app.glob("onestop/slips/forms/**/*.json")]
    return " ".join(re.sub(r"\s+", " ", file.read_text()) for file in files)
