"""Signing in by OpenID Connect, and what an issuer may say."""

from tests.security.sabotages.shapes import Sabotage

_TOKENS = ("tests/doors/signin/test_tokens.py",)
_REFUSED = ("tests/doors/signin/test_refused.py",)
_PROVIDER = ("tests/doors/signin/test_provider.py",)
_FLOW = "app/doors/signin/flow.py"
_CLAIMS = "app/doors/signin/tokens.py"
_ENTERING = "app/doors/signin/entering.py"

SABOTAGES = (
    Sabotage(
        "the nonce is not compared", _CLAIMS,
        'if not hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode()):',
        "if False:", _TOKENS,
    ),
    Sabotage(
        "a token for another client is believed", _CLAIMS,
        "if not for_client(claims, client_id):", "if False:", _TOKENS,
    ),
    Sabotage(
        "a token of another issuer is believed", _CLAIMS,
        '    if claims.get("iss") != issuer:\n        return "iss"\n    if not for_client',
        "    if not for_client", _TOKENS,
    ),
    Sabotage(
        "an expired token is believed", _CLAIMS,
        "if expires is None or at.timestamp() >= expires + LEEWAY.total_seconds():",
        "if expires is None:", _TOKENS,
    ),
    Sabotage(
        "an ID token ends sessions", _CLAIMS,
        'return "nonce" if "nonce" in claims else None', "return None",
        ("tests/security/test_tokens.py",),
    ),
    Sabotage(
        "signatures made with a shared secret are believed", "app/doors/signin/provider.py",
        'if name != "none" and not name.startswith("HS")', "if name",
        ("tests/security/test_tokens.py",),
    ),
    Sabotage(
        "a discovery document of another issuer is believed", "app/doors/signin/provider.py",
        "if found.issuer != issuer:", "if False:", (*_PROVIDER, *_REFUSED),
    ),
    Sabotage(
        "another browser may finish a sign-in", _FLOW,
        'if digest(connection.cookies.get(browser_cookie(), "")) != flow.browser:', "if False:",
        _REFUSED,
    ),
    Sabotage(
        "a state serves again and again", _FLOW,
        "flow = await session_store.take(_RECORD, state, Flow)",
        "flow = await session_store.read(_RECORD, state, Flow)", _REFUSED,
    ),
    Sabotage(
        "userinfo may be about somebody else", _FLOW,
        'if told.get("sub") != claims["sub"]:', "if False:",
        ("tests/security/test_userinfo.py",),
    ),
    Sabotage(
        "an answer of another issuer is taken", _ENTERING,
        "if said not in (None, issuer.issuer):", "if False:", _REFUSED,
    ),
    Sabotage(
        "staff and citizens may change issuers", _ENTERING,
        "if chosen is None or chosen.audience != audience:", "if chosen is None:",
        ("tests/doors/signin/test_entering.py",),
    ),
    Sabotage(
        "a neighbour's issuer may be chosen", "tenants/issuers.py",
        "where id = $2 and tenant_id is not distinct from $1",
        "where id = $2 and ($1::uuid is null or true)",
        ("tests/doors/signin/test_entering.py",),
    ),
    Sabotage(
        "signing in leads to other sites", "app/doors/signin/paths.py",
        r'_OWN = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")',
        '_OWN = re.compile(r"[!-~]{0,1000}")', ("tests/doors/signin/test_paths.py",),
    ),
)  # fmt: skip
