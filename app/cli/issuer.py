"""`motcua issuer`: who may vouch for people."""

import argparse

from app import lifecycle
from app.cli.parts import Verbs, add_verb, content_of, note
from tenants.issuers import Demands


def add_verbs(verbs: Verbs) -> None:
    """`motcua issuer …`."""
    trust = add_verb(verbs, "trust", _trust)
    trust.add_argument("audience", choices=["citizen", "staff", "vendor"])
    for name in ("issuer", "label", "client_id"):
        trust.add_argument(name)
    trust.add_argument("secret", metavar="secret_file", type=content_of)
    trust.add_argument("--acr", action="append", default=[], help="one of these is strong")
    trust.add_argument("--amr", action="append", default=[], help="one of these is strong")
    trust.add_argument("--max-age", type=int, default=0, help="seconds since people proved it")
    trust.add_argument("--administrators-only", action="store_true", help="who must be strong")
    trust.add_argument("--vouched", default="", help="why no claim is needed for two factors")
    trust.add_argument("--slug", help="the tenant; left out for the vendor's own issuer")


async def _trust(asked: argparse.Namespace) -> None:
    """An identity provider people may sign in by."""
    chosen = (asked.audience, asked.issuer, asked.label, asked.client_id, asked.secret)
    demands = Demands(
        acr=tuple(asked.acr), amr=tuple(asked.amr), max_age_seconds=asked.max_age,
        administrators_only=asked.administrators_only, vouched=asked.vouched,
    )  # fmt: skip
    await lifecycle.trust(asked.slug, *chosen, demands=demands)
    await note("issuer.trust", asked.slug, issuer=asked.issuer, audience=asked.audience)
    print(f"{asked.issuer} may vouch for {asked.audience} sign-ins")
