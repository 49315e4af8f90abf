"""The addresses of signing in and out, and which address one may be sent back to."""

import re
from typing import Any
from urllib.parse import quote

from litestar.connection import ASGIConnection

from infra.settings import settings
from tenants.issuers import Audience, Issuer

CALLBACK = "/dang-nhap/xac-nhan"
LOGOUT = "/dang-xuat"
LOGGED_OUT = "/dang-xuat/xong"
BACK_CHANNEL = "/dang-xuat/kenh-sau"
SIGN_IN: dict[Audience, str] = {
    "citizen": "/dang-nhap",
    "staff": "/can-bo/dang-nhap",
    "vendor": "/dang-nhap",
}
HOME: dict[Audience, str] = {"citizen": "/", "staff": "/can-bo", "vendor": "/"}
RETURN_FIELD = "ve"
ANEW_FIELD = "lai"
OWN_SESSIONS: dict[Audience, str] = {
    "citizen": "/phien-dang-nhap",
    "staff": "/can-bo/phien-dang-nhap",
    "vendor": "/phien-dang-nhap",
}

# One slash, then visible ASCII without a backslash, which browsers read as a slash.
_OWN = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")


def safe_return(text: str | None, audience: Audience) -> str:
    """`text` if it leads to a page of this site, else the audience's first page."""
    if text is not None and (text == "/" or _OWN.fullmatch(text)):
        return text
    return HOME[audience]


def sign_in_address(audience: Audience, return_to: str) -> str:
    """The sign-in page that remembers where one wanted to go."""
    if return_to == HOME[audience]:
        return SIGN_IN[audience]
    return f"{SIGN_IN[audience]}?{RETURN_FIELD}={quote(return_to, safe='/')}"


def here(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The path and query of a request, as the browser wrote them."""
    path = connection.scope["raw_path"].decode("ascii", "replace")
    query = connection.scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def origin(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The site's own origin in this request; its host led here, so it is one of the site's."""
    return f"{settings().public_scheme}://{connection.headers['host'].lower()}"


def known_origin(connection: ASGIConnection[Any, Any, Any, Any], issuer: Issuer) -> str:
    """The origin an issuer sends people back to: the request's own, or the old address by which it
    knew a tenant that has joined this one."""
    host = issuer.callback_host
    return settings().origin(host) if host else origin(connection)


def addresses_to_register(site_origin: str) -> dict[str, list[str] | str]:
    """What an issuer must be told about us, by the names of OpenID Connect registration."""
    return {
        "redirect_uris": [site_origin + CALLBACK],
        "post_logout_redirect_uris": [site_origin + LOGGED_OUT],
        "backchannel_logout_uri": site_origin + BACK_CHANNEL,
    }
