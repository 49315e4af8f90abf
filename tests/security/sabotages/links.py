"""Signed links, uploads, stored files, and messages between systems."""

from tests.security.sabotages.shapes import Sabotage

_LINKS = ("tests/onestop/papers/test_links.py",)
_SITES = ("tests/security/test_sites.py::test_a_link_signed_here_reaches_nothing_that_lies_there",)
_MATRIX = ("tests/security/test_matrix.py::test_everybody_is_answered_as_the_table_says",)
_TOKENS = ("tests/security/test_tokens.py",)
_WIRE = ("tests/onestop/exchange/test_rules.py",)
_EXCHANGE = ("tests/onestop/exchange/test_trouble.py",)
_UPLOADS = "storage/uploads.py"

SABOTAGES = (
    Sabotage(
        "a link never ends", "storage/links.py",
        "return grant if grant.expires >= clock.now().timestamp() else None", "return grant",
        _TOKENS,
    ),
    Sabotage(
        "a link's signature is not compared", "storage/links.py",
        "(s for s in tenant.signers if sealed.signed(_key(s), _message(s, body), signature))",
        "(s for s in tenant.signers if signature)", _LINKS,
    ),
    Sabotage(
        "every signature fits", "infra/sealed.py",
        "return hmac.compare_digest(sign(key, message).encode(), signature.encode())",
        "return bool(signature)", ("tests/infra/test_sealed.py",),
    ),
    Sabotage(
        "a seal is not bound to its place", "infra/sealed.py",
        "return nonce + AESGCM(key).encrypt(nonce, plain, label.encode())",
        "return nonce + AESGCM(key).encrypt(nonce, plain, b'')",
        ("tests/infra/test_sealed.py",),
    ),
    Sabotage(
        "anybody may rate a dossier", "app/onestop/ratings/rules.py",
        "return dossier_id if ours and _text_of", "return dossier_id if _text_of",
        ("tests/onestop/ratings/test_ratings.py",),
    ),
    Sabotage(
        "any delivery report is believed", "app/onestop/notices/reports.py",
        "sealed.signed(_key(each), _message(each, notice_id, number), token)",
        "bool(token)", _TOKENS,
    ),
    Sabotage(
        "any inbound message is believed", "app/onestop/notices/answering.py",
        "any(sealed.signed(_key(each), str(each.id), token) for", "any(bool(token) for",
        _TOKENS,
    ),
    Sabotage(
        "an upload's owner is not asked", _UPLOADS,
        'from upload where id = $1 and owner = $2\n"""',
        'from upload where id = $1 and $2::text is not null\n"""', _MATRIX, "/tep",
    ),
    Sabotage(
        "anybody may give an upload up", _UPLOADS,
        "where id = $1 and owner = $2 and state in ('open', 'checking', 'refused')\nreturning",
        "where id = $1 and $2::text <> '' and state in ('open', 'checking', 'refused')"
        "\nreturning", _MATRIX, "/tep",
    ),
    Sabotage(
        "all tenants' files lie in one folder", "storage/files.py",
        "self._home = root / tenant.bucket", 'self._home = root / "all"', _SITES,
    ),
    Sabotage(
        "all tenants' uploads wait in one folder", "storage/staging.py",
        "return Path(settings().staging_root) / current().slug",
        "return Path(settings().staging_root) / str(len(current().slug) * 0)", _TOKENS,
    ),
    Sabotage(
        "a message for another system is taken", "app/onestop/exchange/wire.py",
        'if claims.get("aud") not in audiences:', "if False:", _WIRE,
    ),
    Sabotage(
        "a token fits any bytes", "app/onestop/exchange/wire.py",
        'if not hmac.compare_digest(str(claims.get("sha256")).encode(), digest.encode()):',
        "if False:", _WIRE,
    ),
    Sabotage(
        "a partner who was stopped goes on", "app/onestop/exchange/partners.py",
        'return await _one("active and address = $1", address)',
        'return await _one("address = $1", address)', _EXCHANGE,
    ),
    Sabotage(
        "the same message may say something else later", "app/onestop/exchange/inbox.py",
        'if row is None or row["digest"] != digest:', "if row is None:", _EXCHANGE,
    ),
    Sabotage(
        "a usage token works after it was revoked", "billing/sources.py",
        "where token_digest = $1 and revoked_at is null", "where token_digest = $1",
        ("tests/doors/ops/test_usage_events.py", "tests/doors/ops/test_usage.py"),
    ),
    Sabotage(
        "all tenants sign their messages with one key", "app/onestop/exchange/wire.py",
        'derive(signer.key, "exchange")', 'derive(b"k" * 32, "exchange")', _WIRE,
    ),
)  # fmt: skip
