"""Embedded OpenID providers: canaille, one issuer per host name, described by plain values.

    providers = IdentityProviders(Path(".data/idp"), [Issuer("Định danh", host, port, …)])

Every issuer has a host name of its own, because browsers share cookies between ports. Accounts
and clients are what the description says at each start; only keys outlive the process, so that
sign-ins and tokens made before a restart still verify.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from infra.embedded.server import PythonServer, python_environment


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person who can sign in; `username` becomes the subject (`sub`).

    `claims` are further claims of the profile scope, such as a birthdate or an identity number.
    """

    username: str
    password: str
    given_name: str
    family_name: str
    email: str = ""
    phone: str = ""
    claims: dict[str, str] = {}


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """An application that asks the provider who somebody is; trusted, so nobody must consent."""

    client_id: str
    client_secret: str
    name: str
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str] = []


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """One provider: `name` is shown to people, `host` ends in .localhost."""

    name: str
    host: str
    port: int
    users: list[User] = []
    clients: list[Client] = []

    @property
    def url(self) -> str:
        """The issuer identifier (`iss`), whose discovery document is below it."""
        return f"http://{self.host}:{self.port}"


class IdentityProviders(PythonServer):
    """All issuers of one installation, in one process with a child for each."""

    name = "OpenID"
    module = "infra.embedded.idp_main"

    def __init__(self, directory: Path, issuers: Sequence[Issuer]) -> None:
        """Describe providers; nothing happens before `start`."""
        super().__init__(directory, port=0)
        self.issuers = list(issuers)

    def ports(self) -> list[int]:
        """One port for each issuer."""
        return [issuer.port for issuer in self.issuers]

    def command(self) -> list[str | Path]:
        """Only the directory is named: passwords do not belong into a process list."""
        description = self.directory / "issuers.json"
        descriptor = os.open(description, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(self.issuers))
        return ["-m", self.module, "--directory", self.directory]

    def environment(self) -> dict[str, str]:
        """Authlib refuses plain http unless told; the embedded providers never leave loopback."""
        return {**python_environment(), "AUTHLIB_INSECURE_TRANSPORT": "1"}
