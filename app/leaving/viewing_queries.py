"""What the static viewer shows of each dossier, as queries of one JSON column."""

# A dossier's number is its place in the order of ids, which is the order of time. Served by the
# indexes by_dossier of each table.
DOSSIERS = """
with kind as materialized (
    select id, code, name, field, document->>'form' as form from procedure
)
select json_build_object(
    'code', d.code,
    'former', (select json_agg(c.code order by c.code collate "C") from code_alias c
               where c.dossier_id = d.id),
    'procedure', k.name, 'procedure_code', k.code, 'field', k.field, 'form', k.form,
    'agency', a.name, 'status', d.status, 'channel', d.channel, 'summary', d.summary,
    'name', d.applicant_name, 'applicant', d.applicant, 'answers', d.answers,
    'filed_at', d.filed_at, 'received_at', d.received_at, 'due_at', d.due_at,
    'finished_at', d.finished_at, 'delivered_at', d.delivered_at,
    'register', (select json_build_array(r.number, r.year) from register_entry r
                 where r.dossier_id = d.id),
    'progress', (select json_agg(json_build_array(p.at, p.title, p.agency_name, o.full_name, p.note)
                                 order by p.at, p.id)
                 from progress p left join officer o on o.id = p.officer_id
                 where p.dossier_id = d.id),
    'papers', (select json_agg(json_build_object('kind', w.kind, 'name', w.name, 'form', w.form,
                   'quantity', w.quantity, 'file', w.file_name, 'sha256', encode(s.sha256, 'hex'),
                   'size', s.size, 'type', s.media_type) order by w.added_at, w.id)
               from paper w left join stored_object s on s.id = w.object_id and s.removed_at is null
               where w.dossier_id = d.id),
    'slips', (select json_agg(json_build_array(l.form, l.number, l.year, l.issued_at)
                              order by l.issued_at, l.id) from slip l where l.dossier_id = d.id),
    'notices', (select json_agg(json_build_array(n.created_at, n.state, n.text)
                                order by n.created_at, n.id)
                from notice n where n.dossier_id = d.id),
    'rating', (select score from rating g where g.dossier_id = d.id)
)
from dossier d join kind k on k.id = d.procedure_id join agency a on a.id = d.agency_id
order by d.id
"""
_NUMBERED = """
with numbered as (select id, code, applicant_name, row_number() over (order by id) - 1 as n
                  from dossier)
"""
_CODES = f"""
{_NUMBERED}
select json_build_array(key, n) from (
    select lower(code) as key, n from numbered
    union all
    select lower(c.code), n from code_alias c join numbered on numbered.id = c.dossier_id
) e order by key collate "C", n
"""  # noqa: S608
# A name is found from any of its words on: "van hung" finds Trần Văn Hùng.
_NAMES = f"""
{_NUMBERED}, worded as (
    select n, string_to_array(btrim(regexp_replace(lower(translate(regexp_replace(
        normalize(applicant_name, NFD), U&'[\\0300-\\036F]', '', 'g'), 'Đđ', 'dd')),
        '[^a-z0-9]+', ' ', 'g')), ' ') as words
    from numbered
)
select json_build_array(key, n) from (
    select left(array_to_string(words[at:], ' '), 80) as key, n
    from worded, generate_series(1, least(cardinality(words), 8)) as at
) e order by key collate "C", n
"""  # noqa: S608
INDEXES = {"codes": _CODES, "names": _NAMES}
