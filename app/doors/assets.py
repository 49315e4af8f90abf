"""The files a browser fetches: read once at start, compressed once, cached there for a year.

Our own styles and scripts lie in `static/css/` and `static/js/`, one file per subject, and are
served as a few bundles, each script bundle being one module; vendored
files come from `infra/web/static/`. `static(name)` gives the address with the content's digest, so
a changed file has a new address.
"""

import base64
import gzip
import hashlib
import mimetypes
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

import infra.web

OURS = Path(__file__).parent / "static"
VENDORED = Path(infra.web.__file__).parent / "static"
BUNDLES = {
    "app.css": ("fonts", "tokens", "base", "shell", "forms", "status", "content", "media"),
    "desk.css": ("desk", "desk_lists", "desk_forms"),
    "print.css": ("print", "slips"),
    "citizen.js": ("page", "tus", "upload"),
    "desk.js": ("page", "fold", "keys", "scan", "tus", "upload"),
}
_COMPRESSED = {".css", ".js", ".svg", ".md"}
_NOISE = re.compile(r"/\*.*?\*/", re.DOTALL)
_SCRIPT_NOISE = re.compile(r"^\s*//.*\n|^[ \t]+", re.MULTILINE)
_SPACE = re.compile(r"\s*([{};,>])\s*|\s+")


class Asset(NamedTuple):
    """One served file."""

    body: bytes
    gzipped: bytes | None  # None where compression gains nothing (fonts)
    media_type: str
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """Every served file by its path below /static/."""
    found = {name: _asset(name, _bundle(name, parts)) for name, parts in BUNDLES.items()}
    for root in (VENDORED, OURS):
        for path in root.rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.is_file() and not name.startswith(("css/", "js/")):
                found[name] = _asset(name, path.read_bytes())
    return found


def static(name: str) -> str:
    """The address of a served file; raises KeyError when there is none."""
    return f"/static/{name}?v={assets()[name].digest}"


@lru_cache(maxsize=512)
def inline_style(brand_css: str) -> tuple[str, str]:
    """The style of a first visit's page with its source expression for `style-src`."""
    text = assets()["app.css"].body.decode() + brand_css
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"'sha256-{digest}'"


@get("/static/{name:path}", opt={"public": True, "skip_compression": True}, include_in_schema=False)
async def serve_static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A served file; to be kept for ever when asked by its digest."""
    asset = assets().get(name.lstrip("/"))
    if asset is None:
        raise NotFoundException
    headers = {
        "ETag": f'"{asset.digest}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": _kept(name, request.query_params.get("v"), asset.digest),
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    body = asset.body
    if asset.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = asset.gzipped, "gzip"
    return Response(body, media_type=asset.media_type, headers=headers)


def _kept(name: str, asked: str | None, digest: str) -> str:
    """How long an answer may be kept; not at all when another release's content was asked for."""
    if asked == digest or name.startswith("/v/"):
        return "public, max-age=31536000, immutable"
    # While one release takes over from another, a page of the one may ask the other.
    return "public, max-age=3600" if asked is None else "no-store"


def _asset(name: str, body: bytes) -> Asset:
    kind = "font/woff2" if name.endswith(".woff2") else mimetypes.guess_type(name)[0]
    kind = kind or "application/octet-stream"
    text = Path(name).suffix in _COMPRESSED
    # Litestar itself names the character set of text/*.
    named = text and not kind.startswith("text/")
    return Asset(
        body=body,
        gzipped=gzip.compress(body, 9, mtime=0) if text else None,
        media_type=f"{kind}; charset=utf-8" if named else kind,
        digest=hashlib.sha256(body).hexdigest()[:12],
    )


def _bundle(name: str, parts: tuple[str, ...]) -> bytes:
    """The named files joined; without comments and spare white space."""
    kind = name.rsplit(".", 1)[-1]
    sources = [(OURS / kind / f"{part}.{kind}").read_text(encoding="utf-8") for part in parts]
    if kind == "js":
        return _SCRIPT_NOISE.sub("", "\n".join(sources)).encode()
    squeezed = _SPACE.sub(lambda found: found[1] or " ", _NOISE.sub("", "\n".join(sources)))
    return (squeezed.replace(";}", "}").strip() + "\n").encode()
