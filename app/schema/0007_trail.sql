-- Every act leaves a row here, in the same transaction. Nobody edits it.
create table trail (
    id uuid primary key,
    at timestamptz not null,
    actor_kind text not null check (actor_kind in ('citizen', 'officer', 'system', 'visitor')),
    actor_id text,
    actor_name text not null,
    on_behalf_of text,
    act text not null,                      -- e.g. 'dossier.receive'
    subject_kind text not null,
    subject_id text not null,
    detail jsonb not null default '{}',
    basis text,                             -- the rule it was done under
    request_id text,
    address text                            -- where the request came from
);
create index trail_by_subject on trail (subject_kind, subject_id, at);
create index trail_by_time on trail (at);
insert into append_only (name) values ('trail'), ('progress'), ('deadline_entry'), ('slip'), ('rating');
