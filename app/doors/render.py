"""Pages out of templates: one environment for all doors, and what every page knows of its site.

Templates lie beside their door (`app/doors/portal/templates/home.html` is "portal/home.html") or,
when shared, in `app/doors/templates/`. They see the current `site` and `person` without being told.
"""

import zlib
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Literal

import msgspec
from litestar import Request, Response
from minijinja import Environment, safe

from app.doors import assets, words

DOORS = Path(__file__).parent
PRIVATE_TEMPLATES = ("portal", "desk", "admin", "ops", "kiosk", "signin")
CONTENT_SECURITY = (
    "default-src 'self'; script-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; style-src 'self'"
)


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a page reached by an old address says of it."""

    old: str  # Tỉnh Bình Định
    new: str  # tỉnh Gia Lai
    since: datetime
    address: str  # https://gialai.example
    host: str


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The tenant as a page shows it; the vendor's own screens are a site as well."""

    name: str  # Cổng dịch vụ công tỉnh Bình Định
    office: str  # Trung tâm Phục vụ hành chính công tỉnh Bình Định
    hotline: str
    logo_url: str
    brand_css_url: str
    slug: str
    brand_css: str = ""  # the text behind brand_css_url: allows inlining on a first visit
    address: str = ""
    moved: Moved | None = None  # said to whoever came by an old address
    joined: tuple[str, ...] = ()  # names of tenants that joined this one


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, as the page's head shows it."""

    name: str = ""
    kind: Literal["citizen", "staff", "vendor"] | None = None
    posts: tuple[str, ...] = ()  # titles
    works: tuple[str, ...] = ()  # the kinds of those posts: what the rail leads to


NO_SITE = Site(name="", office="", hotline="", logo_url="", brand_css_url="", slug="")
NOBODY = Person()

# Set by the middleware that finds the tenant and the session, once per request.
site: ContextVar[Site] = ContextVar("site", default=NO_SITE)
person: ContextVar[Person] = ContextVar("person", default=NOBODY)
# True inlines the styles: worth 1.5 s on a slow line, wasted once the browser has them.
first_visit: ContextVar[bool] = ContextVar("first_visit", default=False)
# When set, every form carries it as the hidden field FORM_TOKEN.
form_token: ContextVar[str] = ContextVar("form_token", default="")
FORM_TOKEN = "_token"  # noqa: S105 - a field's name
SPRITE = "/static/v/lucide-static-1.62.0/icons.svg"


def page(
    template: str,
    /,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    draw: Callable[..., str] | None = None,
    **context: Any,
) -> Response[bytes]:
    """A rendered page as a response; not cached unless `headers` says otherwise.

    `draw` makes the text out of template and context: `html`, or a stencil for the busiest pages.
    """
    known = {"Cache-Control": "no-store", "Vary": "HX-Request-Type, Cookie"}
    known["Content-Security-Policy"] = CONTENT_SECURITY
    if first_visit.get() and (style := site.get().brand_css):
        context["inline_style"], allowed = assets.inline_style(style)
        known["Content-Security-Policy"] += f" {allowed}"
    return Response(
        (draw or html)(template, **context).encode(),
        status_code=status,
        media_type="text/html",
        headers=known | (headers or {}),
    )


def html(template: str, /, **context: Any) -> str:
    """A rendered template as text; raises minijinja.TemplateError on our own mistakes."""
    context.setdefault("site", site.get())
    context.setdefault("person", person.get())
    drawn = environment.render_template(template, **context)
    # The engine also escapes slashes, which no quoted attribute and no text needs: dates and
    # addresses would take five letters for one.
    return drawn.replace("&#x2f;", "/")


def is_fragment(request: Request[Any, Any, Any]) -> bool:
    """Whether htmx asks for a part of the page (htmx 4 says so in this header)."""
    return request.headers.get("HX-Request-Type") == "partial"


def look() -> str:
    """What else a cached page depends on: the site, our files, who reads it, how."""
    return _look(site.get(), person.get(), first_visit.get(), assets.static("app.css"))


@lru_cache(maxsize=1024)
def _look(*shown: object) -> str:
    return f"{zlib.crc32(repr(shown).encode()):x}"


def warm() -> list[str]:
    """Compile every template and read every asset; returns the templates' names, sorted."""
    assets.assets()
    names = sorted(_all_names())
    for name in names:
        environment.undeclared_variables_in_template(name)
    return names


def _all_names() -> list[str]:
    shared = DOORS / "templates"
    names = [path.relative_to(shared).as_posix() for path in shared.rglob("*.html")]
    for door in PRIVATE_TEMPLATES:
        own = DOORS / door / "templates"
        names += [f"{door}/{path.relative_to(own).as_posix()}" for path in own.rglob("*.html")]
    return names


def _load(name: str) -> str | None:
    """The source of a template by its name; None when there is none."""
    door, _, rest = name.partition("/")
    path = DOORS / door / "templates" / rest if door in PRIVATE_TEMPLATES else None
    path = path or DOORS / "templates" / name
    return path.read_text(encoding="utf-8") if path.is_file() and ".." not in name else None


def _form_token() -> str:
    token = form_token.get()
    field = f'<input type="hidden" name="{FORM_TOKEN}" value="{escape(token)}">'
    return safe(field) if token else ""


def _environment() -> Environment:
    # Semi-strict: a misspelt name fails loudly, `{% if name %}` may still ask (the stubs lack it).
    return Environment(  # type: ignore[call-overload,no-any-return]
        loader=_load,
        filters={function.__name__: function for function in words.FILTERS},
        globals={"static": assets.static, "sprite": SPRITE, "form_token": _form_token},
        undefined_behavior="semi_strict",
        trim_blocks=True,
        lstrip_blocks=True,
        debug=False,
    )


environment = _environment()
