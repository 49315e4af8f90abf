"""The program behind `idp.py`: imports canaille once, then forks a child for every issuer."""

import argparse
import json
import logging
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import Any

import canaille
import msgspec
import werkzeug.serving
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from canaille.app import models
from canaille.backends import Backend
from canaille.backends.memory.backend import MemoryBackend, listify
from canaille.oidc.userinfo import UserInfo
from flask import Flask
from joserfc.jwk import RSAKey

from infra.embedded.idp import Client, Issuer, User
from infra.embedded.process import tie_to_parent

_WORDS = Path(__file__).with_name("idp_vi.po")
_SCOPES = ["openid", "profile", "email", "phone"]


def main() -> None:
    """Serve every issuer until killed; one that dies takes the others along."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    directory = parser.parse_args().directory
    issuers = msgspec.json.decode((directory / "issuers.json").read_bytes(), type=list[Issuer])
    _compile_words(directory)
    _mend_queries()
    children = [_fork(issuer, directory) for issuer in issuers]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        os.wait()
        print("Error: one issuer ended by itself", flush=True)
    finally:
        for child in children:
            os.kill(child, signal.SIGTERM)
    sys.exit(1)


def _compile_words(directory: Path) -> None:
    target = directory / "translations" / "vi" / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    with _WORDS.open("rb") as source, (target / "messages.mo").open("wb") as compiled:
        write_mo(compiled, read_po(source, locale="vi"))


def _fork(issuer: Issuer, directory: Path) -> int:
    parent = os.getpid()
    if child := os.fork():
        return child
    tie_to_parent(parent, signal.SIGKILL)
    try:
        _serve(issuer, directory)
    except BaseException as error:  # A forked child must never run on into its parent's code.
        logging.exception("Error: %s: %s", issuer.url, error)
    finally:
        os._exit(1)


def _mend_queries() -> None:
    """Make a query of canaille's memory answer what fits all its conditions.

    As shipped it answers what fits any of them: after an attempt at signing in that was left
    unfinished, the next person's code was sought by the client as well and the wrong one found.
    """
    any_of: Any = MemoryBackend.do_query

    def all_of(self: MemoryBackend, model: Any, *args: Any, **wanted: Any) -> list[Any]:
        sought = {name: set(model.serialize(listify(value))) for name, value in wanted.items()}
        return [
            found
            for found in any_of(self, model, *args, **wanted)
            if all(values & set(listify(found._state.get(name))) for name, values in sought.items())
        ]

    MemoryBackend.do_query = all_of  # type: ignore[method-assign]


def _serve(issuer: Issuer, directory: Path) -> None:
    app = canaille.create_app(config=_configuration(issuer, directory))
    _offer_claims(app, issuer.users)
    with app.app_context(), Backend.instance.session():
        for user in issuer.users:
            _add_user(user)
        for client in issuer.clients:
            _add_client(client)
    werkzeug.serving.make_server(
        "127.0.0.1", issuer.port, app, threaded=True, request_handler=_Quiet
    ).serve_forever()


class _Quiet(werkzeug.serving.WSGIRequestHandler):
    # Addresses carry codes and hints of who signs in.
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


def _configuration(issuer: Issuer, directory: Path) -> dict[str, Any]:
    kept = _secrets(directory / f"{issuer.host}.json")
    return {
        "SECRET_KEY": kept["cookie_key"],
        "SERVER_NAME": f"{issuer.host}:{issuer.port}",
        "PREFERRED_URL_SCHEME": "http",
        "BABEL_TRANSLATION_DIRECTORIES": f"translations;{directory / 'translations'}",
        "CANAILLE": {
            "NAME": issuer.name,
            "DATABASE": "memory",
            "LANGUAGE": "vi",
            "TIMEZONE": "Asia/Ho_Chi_Minh",
            "LOGO": None,
            "JAVASCRIPT": False,
            "HTMX": False,
            "SMTP": None,
            "CAPTCHA_ENABLED": False,
            "ENABLE_PASSWORD_RECOVERY": False,
            "LOGIN_ATTRIBUTES": ["user_name"],
            "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"], "READ": ["user_name"], "WRITE": []}},
        },
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [kept["signing_key"]]},
        "CANAILLE_SCIM": {"ENABLE_SERVER": False},
    }


def _offer_claims(app: Flask, users: list[User]) -> None:
    """Add claims canaille has no field for; it fills every claim from a template."""
    mapping = app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]
    for name in ("formatted_name", "given_name", "family_name"):
        # Its own templates escape as for HTML, but a claim is no page: H'Hen is not H&#39;Hen.
        mapping[name.removeprefix("formatted_").upper()] = "{{ user.%s|safe }}" % name  # noqa: UP031
    app.jinja_env.globals["further"] = {user.username: user.claims for user in users}
    for claim in sorted({claim for user in users for claim in user.claims}):
        if claim not in UserInfo.REGISTERED_CLAIMS:
            UserInfo.REGISTERED_CLAIMS.append(claim)
        UserInfo.SCOPES_CLAIMS_MAPPING["profile"].append(claim)
        template = "{{ further[user.user_name].get('%s', '')|safe }}" % claim  # noqa: UP031
        mapping[claim.upper()] = template


def _secrets(path: Path) -> dict[str, Any]:
    """The issuer's signing key and cookie key, made once."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        kept = {
            "signing_key": RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True),
            "cookie_key": secrets.token_urlsafe(32),
        }
        half = path.with_suffix(".new")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        half.replace(path)
    return kept


def _add_user(user: User) -> None:
    Backend.instance.save(
        models.User(
            user_name=user.username,
            password=user.password,
            given_name=user.given_name,
            family_name=user.family_name,
            formatted_name=f"{user.family_name} {user.given_name}",
            emails=[user.email] if user.email else [],
            phone_numbers=[user.phone] if user.phone else [],
        )
    )


def _add_client(client: Client) -> None:
    added = models.Client(
        client_id=client.client_id,
        client_secret=client.client_secret,
        client_name=client.name,
        # An address under .localhost makes the client trusted: nobody is asked to consent.
        client_uri=client.redirect_uris[0],
        redirect_uris=client.redirect_uris,
        post_logout_redirect_uris=client.post_logout_redirect_uris,
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=_SCOPES,
        # Left to itself it signs with RS512, which careful libraries do not accept by default.
        id_token_signed_response_alg="RS256",  # noqa: S106
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106
    )
    Backend.instance.save(added)
    # Without itself as audience the ID token would not name the client.
    added.audience = [added]
    Backend.instance.save(added)


if __name__ == "__main__":
    main()
