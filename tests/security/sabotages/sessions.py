"""Sessions, hosts, origins and the unit of work around every request."""

from tests.security.sabotages.shapes import Sabotage

_SITES = ("tests/security/test_sites.py::test_a_session_of_another_site_is_a_strangers",)
_VENDOR = (
    "tests/security/test_sites.py::test_the_vendors_doors_are_the_vendors_and_show_no_citizen",
)
_HOSTS = ("tests/security/test_sites.py::test_a_host_header_of_another_kind_finds_nothing",)
_MATRIX = ("tests/security/test_matrix.py::test_everybody_is_answered_as_the_table_says",)
_LIFE = ("tests/doors/signin/test_session_life.py",)
_PATHS = ("tests/doors/signin/test_paths.py",)
_ENTRANCE = ("tests/doors/test_entrance.py",)
_UNIT = ("tests/security/test_unit.py",)
_STORE = "app/doors/session_store.py"
_SESSION = "app/doors/session_life.py"
_GUARDS = "app/doors/sessions.py"
_SEALED = """    return seal(key, msgspec.msgpack.encode(record), {place})


def _opened(kind: str, token: str, sealed: bytes | None, shape: type[T]) -> T | None:
    if sealed is None:
        return None
    try:
        plain = unseal(derive(token.encode(), kind), sealed, {place})
"""

SABOTAGES = (
    Sabotage(
        "any certificate will do for the sessions' server", "infra/valkey_lines.py",
        'said["ssl_check_hostname"] = True', 'said["ssl_check_hostname"] = False',
        ("tests/security/test_asvs_outward.py",),
    ),
    Sabotage(
        "a line of a former password stays open", "infra/valkey_lines.py",
        "if connection not in self._former:", "if self._former is not None:",
        ("tests/infra/test_valkey_lines.py",),
    ),
    Sabotage(
        "a session is good at every site", _STORE,
        'return f"{kind}:{_site()}:{digest(token)}"', 'return f"{kind}:{digest(token)}"',
        _SITES, "/ho-so-cua-toi",
    ),
    Sabotage(
        "sessions are indexed without their site", _STORE,
        'return f"{kind}-of:{_site()}:{name}"', 'return f"{kind}-of:{name}"',
        _SITES, "/ho-so-cua-toi",
    ),
    Sabotage(
        "a record's seal does not say to which site it belongs", _STORE,
        _SEALED.format(place="_key(kind, token)"), _SEALED.format(place="kind"), _LIFE,
    ),
    Sabotage(
        "tokens can be guessed", _STORE,
        "return secrets.token_urlsafe(32)", 'return f"{secrets.randbelow(1000):043}"',
        ("tests/security/test_tokens.py",),
    ),
    Sabotage(
        "an idle session lives on", _SESSION,
        "min(self.seen_at + limits.idle, self.created_at + limits.absolute)",
        "self.created_at + limits.absolute", _LIFE,
    ),
    Sabotage(
        "a busy session never ends", _SESSION,
        "min(self.seen_at + limits.idle, self.created_at + limits.absolute)",
        "self.seen_at + limits.idle", _LIFE,
    ),
    Sabotage(
        "the session before a sign-in stays open", _SESSION,
        "        await session_store.remove(_RECORD, earlier)\n", "        pass\n", _LIFE,
    ),
    Sabotage(
        "scripts may read the cookie", _SESSION, "httponly=True", "httponly=False",
        ("tests/doors/signin/test_entering.py",),
    ),
    Sabotage(
        "over https the cookie may come from a neighbour's host", _SESSION,
        'return f"__Host-{name}" if settings().public_scheme == "https" else name',
        "return name", _LIFE,
    ),
    Sabotage(
        "answers go out without the security headers", "app/doors/entrance.py",
        "headers += [(n, v) for n, v in _SECURITY.items() if n not in present]",
        "present.clear()", _ENTRANCE,
    ),
    Sabotage(
        "private pages may be stored by anybody", "app/doors/entrance.py",
        '    b"cache-control": b"no-store",\n', "", _ENTRANCE,
    ),
    Sabotage(
        "any session passes for an officer's", _GUARDS,
        "if session is None or session.kind != kind:", "if session is None:", _MATRIX, "/can-bo",
    ),
    Sabotage(
        "an officer who was dismissed goes on", _GUARDS,
        '_require(connection, "staff")\n    await actor(connection)',
        '_require(connection, "staff")', _LIFE,
    ),
    Sabotage(
        "an operator who was let go goes on", _GUARDS,
        '_require(connection, "vendor")\n    await operator(connection)',
        '_require(connection, "vendor")', _VENDOR, "/hop-dong",
    ),
    Sabotage(
        "the officers' doors lost their guard", "app/doors/desk/__init__.py",
        "    guards=[staff_only],", "    guards=[],", ("tests/house/test_routes.py",),
    ),
    Sabotage(
        "the vendor's doors lost their guard", "app/doors/ops/routes.py",
        "    guards=[vendor_only],", "    guards=[],", ("tests/house/test_routes.py",),
    ),
    Sabotage(
        "every officer is an administrator", "app/doors/admin/entry.py",
        'if who.holds("administrator") is None:', "if False:", _MATRIX, "/quan-tri/thu-tuc",
    ),
    Sabotage(
        "forms of other sites are taken", "app/doors/origin.py",
        "if not is_own(headers, settings().public_scheme):", "if False:",
        ("tests/onestop/papers/test_plain_forms.py",),
    ),
    Sabotage(
        "a host that begins like ours is ours", "app/doors/origin.py",
        "return origin.lower() == own", "return origin.lower().startswith(own)", _PATHS,
    ),
    Sabotage(
        "a neighbour under the same domain is ours", "app/doors/origin.py",
        'return site == "same-origin"', 'return site in ("same-origin", "same-site")', _PATHS,
    ),
    Sabotage(
        "what was refused is kept", "app/doors/unit.py",
        '(self._unit.commit() if message["status"] < 400 else self._unit.roll_back())',
        "self._unit.commit()", _UNIT,
    ),
    Sabotage(
        "a page may write", "app/doors/unit.py",
        "        with reading():\n            await next_app(scope, receive, send)",
        "        await next_app(scope, receive, send)", _UNIT,
    ),
    Sabotage(
        "of two hosts in a request the first counts", "app/doors/entrance.py",
        "if len(said) == 1 else None", "if said else None", _ENTRANCE,
    ),
    Sabotage(
        "a suspended tenant's doors stay open", "app/doors/entrance.py",
        'if tenant.status == "suspended" and not', "if not tenant and not", _ENTRANCE,
    ),
    Sabotage(
        "a host is known by how it ends", "tenants/registry.py",
        "return (await _current()).by_host.get(host.lower())",
        "known = (await _current()).by_host\n"
        "    return next((known[name] for name in known if host.startswith(name)), None)",
        _HOSTS,
    ),
    Sabotage(
        "limits are shared by tenants", "app/doors/limits_store.py",
        'f"limit:{site}:{kind.name}:{by}:{who[by]}"', 'f"limit:{kind.name}:{by}:{who[by]}"',
        ("tests/doors/test_limits.py",),
    ),
    Sabotage(
        "digits may be guessed for ever", "app/doors/guesses.py",
        "    if wait:", "    if not wait and wait:",
        ("tests/doors/portal/test_following.py",),
    ),
    Sabotage(
        "nobody learns who read a dossier", "app/doors/unit.py",
        'if self.noted and message["type"] == "http.response.start":', "if False:",
        ("tests/trail/test_reading.py",),
    ),
    Sabotage(
        "a computer left open ends its owner's sessions", "app/doors/signin/own_sessions.py",
        "if not session.fresh(now()):", "if not session:",
        ("tests/doors/signin/test_own_sessions.py",),
    ),
    Sabotage(
        "a session outlives the province's merger", "app/doors/session_life.py",
        "return closed_at is not None and session.created_at <= closed_at",
        "return closed_at is not None and session.created_at > closed_at",
        ("tests/tenants/test_addresses.py",),
    ),
)  # fmt: skip
