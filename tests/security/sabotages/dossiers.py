"""Who may see and do what with a dossier."""

from tests.security.sabotages.shapes import Sabotage

_MATRIX = ("tests/security/test_matrix.py::test_everybody_is_answered_as_the_table_says",)

SABOTAGES = (
    Sabotage(
        "a draft is anybody's", "app/onestop/dossiers/queries/drafts.py",
        "where d.id = $1 and d.citizen_id = $2", "where d.id = $1 and $2::uuid is not null",
        _MATRIX, "/ban-nhap",
    ),
    Sabotage(
        "a citizen sees every dossier", "app/onestop/dossiers/queries/page.py",
        "return actor.id is not None and facts.citizen_id == actor.id",
        "return actor.id is not None", _MATRIX, "/da-nop/{code:str}/rut",
    ),
    Sabotage(
        "an officer sees every dossier", "app/onestop/dossiers/queries/page.py",
        'return actor.kind == "officer" and works_on(facts, actor)',
        'return actor.kind == "officer"', _MATRIX, "/phieu-kiem-soat",
    ),
    Sabotage(
        "a code is enough to own a dossier", "app/onestop/dossiers/queries/mine.py",
        "where id = dossier_named($2) and citizen_id = $1",
        "where id = dossier_named($2) and $1::uuid is not null", _MATRIX, "/phieu/{slip_id",
    ),
    Sabotage(
        "a citizen's list shows everybody's", "app/onestop/dossiers/queries/mine.py",
        "where d.citizen_id = $1 and ($2::timestamptz",
        "where $1::uuid <> d.id and ($2::timestamptz",
        _MATRIX, "/ho-so-cua-toi",
    ),
    Sabotage(
        "a search finds what other agencies have", "app/onestop/dossiers/queries/finding.py",
        "(select id from dossier where agency_id = any($1) and (\n",
        "(select id from dossier where (agency_id = any($1) or true) and (\n", _MATRIX, "/can-bo",
    ),
    Sabotage(
        "a paper opens for every officer", "app/onestop/papers/rules.py",
        'return kind == "submitted" or (kind == "result" and holder.status in _FINISHED)\n'
        "    return handles(actor, holder)",
        'return kind == "submitted" or (kind == "result" and holder.status in _FINISHED)\n'
        '    return actor.kind == "officer"', _MATRIX, "/giay-to/",
    ),
    Sabotage(
        "a register opens for every agency", "app/doors/desk/registers.py",
        "if chosen is None or chosen not in agencies:", "if chosen is None:",
        _MATRIX, "/so-theo-doi",
    ),
    Sabotage(
        "figures are exported for every agency", "app/doors/desk/statistics.py",
        "if typed.agency and (chosen is None or (scope is not None and chosen not in scope)):",
        "if typed.agency and chosen is None:", _MATRIX, "/thong-ke",
    ),
    Sabotage(
        "every officer exports everybody's figures", "app/doors/desk/statistics.py",
        'if officer.holds("administrator") is not None:', "if officer.posts:",
        _MATRIX, "/thong-ke",
    ),
    Sabotage(
        "an order is shown to every officer", "app/onestop/bulk/queries.py",
        "from bulk_order where id = $1 and officer_id = $2",
        "from bulk_order where id = $1 and $2::uuid is not null", _MATRIX, "/nhieu-ho-so",
    ),
    Sabotage(
        "a message is sent again by any agency", "app/doors/desk/messages.py",
        "if scope is not None and not await trouble.is_of(notice_id, scope):", "if False:",
        _MATRIX, "/tin-bao",
    ),
    Sabotage(
        "a stuck message is dropped by any agency", "app/onestop/exchange/service.py",
        'if row is None or not handles(row["agency_id"], officer):', "if row is None:",
        _MATRIX, "/lien-thong",
    ),
    Sabotage(
        "an act is anybody's", "app/onestop/dossiers/service/opening.py",
        "    if answer is Answer.NOT_YOURS:\n        raise NotFound\n",
        "    if answer in (Answer.NOT_YOURS, Answer.NOT_YOUR_WORK, Answer.NOT_YOUR_TURN):\n"
        "        answer = Answer.YES\n", _MATRIX, "/tham-dinh",
    ),
    Sabotage(
        "the page by a code says everything", "app/onestop/dossiers/queries/tracking.py",
        "case when right(coalesce(d.phone, d.applicant->>'id_number'), 4) = $2 then (",
        "case when $2::text is not null then (", ("tests/doors/portal/test_following.py",),
    ),
    Sabotage(
        "names are shown in full to who knows four digits",
        "app/onestop/dossiers/queries/tracking.py",
        "applicant_name=masked_name(found.applicant_name)",
        "applicant_name=found.applicant_name", _MATRIX, "/tra-cuu",
    ),
    Sabotage(
        "an act on a dossier leaves no trail", "app/onestop/dossiers/service/traces.py",
        "    await trace_only(actor, dossier, act, on_behalf_of=on_behalf_of, step=step)\n",
        "    await statistics.count(dossier, act.value)\n", _MATRIX, "/tham-dinh",
    ),
    Sabotage(
        "a partner is stopped without a trail", "app/onestop/exchange/partners.py",
        '    await record(officer, act, ("partner", partner_id))\n', "", _MATRIX, "/lien-thong",
    ),
    Sabotage(
        "any officer may add papers", "app/onestop/papers/rules.py",
        "return handles(actor, holder) and holder.status in _TAKING",
        'return actor.kind == "officer" and holder.status in _TAKING',
        ("tests/onestop/papers/test_rules.py",),
    ),
    Sabotage(
        "a kept page is drawn for every province", "app/doors/stencil.py",
        "place = (template, key, render.site.get(), render.first_visit.get())",
        "place = (template, key, render.first_visit.get())", ("tests/doors/test_stencil.py",),
    ),
    Sabotage(
        "a page with somebody's name is kept", "app/doors/stencil.py",
        "if render.person.get() != render.NOBODY or render.form_token.get():",
        "if render.form_token.get():", ("tests/doors/test_stencil.py",),
    ),
)  # fmt: skip
