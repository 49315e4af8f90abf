-- Workflows beyond a procedure's flat list of steps, what dossiers await, work at other agencies.

-- A version never changes once it is published; a draft may be written anew.
create table workflow (
    id uuid primary key,
    procedure_code text not null,
    version int not null check (version > 0),
    document jsonb not null,                -- the whole definition, as read
    state text not null check (state in ('draft', 'published', 'retired')),
    valid_from date not null,
    saved_at timestamptz not null,
    saved_by uuid references officer,       -- null: loaded with the province
    published_at timestamptz,
    published_by uuid references officer,
    unique (procedure_code, version),
    check ((state = 'draft') = (published_at is null))
);
create unique index workflow_draft on workflow (procedure_code) where state = 'draft';

-- The version a dossier was received under; null: its procedure's own list of steps.
alter table dossier add column workflow_id uuid references workflow;
create index dossier_open_by_procedure on dossier (procedure_id, id)
    where status not in (3, 7, 8, 9, 10);

-- What a wait waits for; only what merely passes with time is ended by the house itself.
alter table task add column awaits text
    check (awaits in ('paper', 'payment', 'timer', 'outside', 'publication')),
    add check ((kind = 'wait') = (awaits is not null));
create index task_time_passes on task (due_at)
    where state = 'open' and awaits in ('timer', 'publication');

-- Work at another agency (liên thông), each time it is entered. The row's id is the subject of that
-- agency's own clock in the deadline's ledger.
create table linked_work (
    id uuid primary key,
    dossier_id uuid not null references dossier,
    node text not null,                     -- id in the workflow's tree
    agency_id uuid not null references agency,
    entered_at timestamptz not null,
    left_at timestamptz
);
create unique index linked_work_open on linked_work (dossier_id, node) where left_at is null;
create index linked_work_by_dossier on linked_work (dossier_id, entered_at);

-- A dossier passes from one agency to another, with what papers it then had.
create table handover (
    id uuid primary key,
    dossier_id uuid not null references dossier,
    from_agency uuid not null references agency,
    to_agency uuid not null references agency,
    at timestamptz not null,
    by uuid references officer,             -- null: time passed by itself
    node text not null,                     -- the first work it brings
    papers jsonb not null,                  -- [{id, sha256}]; no digest for a paper on paper
    check (from_agency <> to_agency)
);
create index handover_by_dossier on handover (dossier_id, at);
insert into append_only (name) values ('handover');
