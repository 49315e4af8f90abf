"""Accounts: who is admitted, and what is remembered of whom."""

from tests.security.sabotages.shapes import Sabotage

SABOTAGES = (
    Sabotage(
        "a dismissed officer is read like any other", "app/people/queries.py",
        "where o.id = $1 and o.dismissed_at is null", "where o.id = $1",
        ("tests/people/test_officers.py", "tests/doors/signin/test_session_life.py"),
    ),
    Sabotage(
        "an account is anybody's who knows its username", "app/people/identities.py",
        'if row["subject"] is not None or row["issuer"] not in (None, identity[0]):',
        "if False:",
        ("tests/people/test_identities.py",),
    ),
    Sabotage(
        "an officer is dismissed without a trail", "app/people/service.py",
        '    await trail.record(actor, "officer.dismiss", ("officer", officer_id))\n', "",
        ("tests/security/test_matrix.py::test_everybody_is_answered_as_the_table_says",),
        "/thu-hoi",
    ),
    Sabotage(
        "ids can be guessed", "infra/ids.py",
        'int.from_bytes(os.urandom(10), "big")', "moment % 7", ("tests/security/test_tokens.py",),
    ),
)  # fmt: skip
