-- What was carried over from other systems (chuyển dữ liệu từ hệ thống khác).

-- The system a dossier was carried over from; null: it began here. What began elsewhere was paid
-- for and told of there.
alter table dossier add column carried_from text, add column carried_at timestamptz,
    add check ((carried_from is null) = (carried_at is null));

-- Each row that is here, under the name it had there: a second import knows it, and what was
-- converted can be compared with what it was.
create table carried_row (
    source text not null,                   -- the other system, as the mapping names it
    sheet text not null,
    old_id text not null,
    digest bytea not null check (length(digest) = 32),  -- SHA-256 of what was read
    original jsonb not null,                -- the row as it was read
    subject_id uuid not null,               -- what became of it
    at timestamptz not null,
    primary key (source, sheet, old_id)
);
create index carried_row_by_subject on carried_row (subject_id);
insert into append_only (name) values ('carried_row');
