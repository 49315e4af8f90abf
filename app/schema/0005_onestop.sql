-- Procedures, drafts, dossiers and everything that happens to them.

create table procedure (
    id uuid primary key,
    code text not null,                     -- national code, e.g. '1.001193'
    version int not null,
    name text not null,
    normal text not null,                   -- name without marks, for search
    field text not null,                    -- lĩnh vực
    filing text not null check (filing in ('local', 'national_portal', 'off')),
    document jsonb not null,                -- the whole record as published
    -- Lists need only this of the record, which is large and compressed.
    short_name text not null generated always as (document->>'short_name') stored,
    valid_from date not null,
    valid_to date,
    unique (code, version)
);
create unique index procedure_in_force on procedure (code) where valid_to is null;

-- Numbers are taken inside the transaction that uses them, so none is lost or doubled.
create table code_counter (
    prefix text not null,
    on_day date not null,
    last int not null,
    primary key (prefix, on_day)
);

create table draft (
    id uuid primary key,
    citizen_id uuid not null references citizen,
    procedure_id uuid not null references procedure,
    agency_id uuid not null references agency,
    case_id text,                           -- the chosen case of papers, where there is a choice
    wanted_way text not null check (wanted_way in ('counter', 'electronic', 'postal')),
    answers jsonb not null default '{}',
    created_at timestamptz not null,
    saved_at timestamptz not null,
    dossier_id uuid unique                  -- set when it is submitted, once
);
create unique index draft_open on draft (citizen_id, procedure_id) where dossier_id is null;

create table dossier (
    id uuid primary key,
    code text not null unique check (length(code) <= 64),
    procedure_id uuid not null references procedure,
    agency_id uuid not null references agency,     -- the competent agency
    desk_agency_id uuid references agency,  -- whose desk took it in for the competent one
    channel text not null check (channel in ('online', 'counter', 'postal', 'linked')),
    case_id text,
    status smallint not null check (status between 1 and 10),
    run jsonb not null default '{}',        -- how far in its workflow: ids done, ways chosen
    requests smallint not null default 0,   -- how often papers were asked for (mẫu 02)
    extensions smallint not null default 0, -- how often the deadline was extended (mẫu 04)
    back_to smallint,                       -- the status it had before its citizen was asked
    pause text,                             -- why its clock stands still; null while it goes
    finance text not null default 'none' check (finance in ('none', 'due', 'paid')),
    pay_by date,                            -- the last day to pay, while money is due
    delivery text not null default 'none' check (delivery in ('none', 'ready', 'posted', 'given')),
    recall_task uuid,                       -- the task just done that may still be taken back
    version int not null default 1,         -- optimistic lock: raised by every act
    citizen_id uuid references citizen,
    applicant_name text not null,
    applicant jsonb not null,               -- id_number, phone, email, address, ...
    phone text,                             -- E.164; copied out for tracking and notices
    answers jsonb not null default '{}',
    summary text not null,                  -- trích yếu
    -- What is searched: letters are taken apart from their marks first, so that lower() never meets
    -- one of another alphabet. It reads as catalog.rules.normalise makes it.
    normal text not null generated always as (left(regexp_replace(lower(translate(regexp_replace(
        normalize(applicant_name || ' ' || summary, NFD), U&'[\0300-\036F]', '', 'g'),
        'Đđ', 'dd')), '[^a-z0-9]+', ' ', 'g'), 1400)) stored,
    id_number text generated always as (left(applicant->>'id_number', 20)) stored,
    intake_key uuid unique,                 -- the counter form's one-time key
    wanted_way text not null check (wanted_way in ('counter', 'electronic', 'postal')),
    delivered_way text check (delivered_way in ('counter', 'electronic', 'postal')),
    result_on_paper boolean not null default false,  -- finished without an electronic result
    filed_at timestamptz not null,
    received_at timestamptz,
    competent_received_at timestamptz,      -- when it had come from that desk
    due_at timestamptz,
    limit_minutes int,                      -- the whole time in worked minutes; steps have shares
    finished_at timestamptz,
    delivered_at timestamptz,
    check (received_at is not null or status in (1, 3, 5, 7)),
    check (due_at is null or received_at is not null),
    check (competent_received_at is null or desk_agency_id is not null),
    -- Nobody works on what is still on its way, and no time is counted.
    check (due_at is null or desk_agency_id is null or competent_received_at is not null),
    check (desk_agency_id is null or competent_received_at is not null or status in (2, 7)),
    check (status <> 10 or (delivered_at is not null and delivered_way is not null))
);
create index dossier_waiting on dossier (agency_id, filed_at)
    where status in (1, 2) and due_at is null;
create index dossier_to_deliver on dossier (agency_id, finished_at) where status = 9;
create index dossier_taken_in_for on dossier (desk_agency_id, filed_at desc, id desc)
    where desk_agency_id is not null;
create index dossier_search on dossier (agency_id, filed_at desc, id desc)
    include (normal, code, phone, id_number);
create index dossier_by_citizen on dossier (citizen_id, filed_at desc) where citizen_id is not null;

alter table draft add foreign key (dossier_id) references dossier;

-- Work that waits for somebody: a step of the workflow, an opinion, something awaited. Only what
-- is open counts; the rest tells who did what at which step.
create table task (
    id uuid primary key,
    dossier_id uuid not null references dossier,
    node text not null,                     -- id in the workflow's tree; an opinion's is its own
    kind text not null check (kind in ('step', 'opinion', 'wait', 'linked')),
    name text not null,
    agency_id uuid not null references agency,
    post_id uuid references post,           -- whose turn it is
    officer_id uuid references officer,     -- the holder it is assigned to; null: any of them
    state text not null check (state in ('open', 'done', 'cancelled')),
    opened_at timestamptz not null,
    due_at timestamptz,                     -- the step's own share of the time
    closed_at timestamptz,
    closed_by uuid references officer,
    question text,                          -- what an opinion is asked about
    answer text,
    check ((state = 'open') = (closed_at is null)),
    check (kind not in ('step', 'opinion') or post_id is not null)
);
create unique index task_open on task (dossier_id, node) where state = 'open';
create index task_by_turn on task (post_id, due_at) where state = 'open';
create index task_assigned on task (officer_id) where state = 'open' and officer_id is not null;
create index task_by_dossier on task (dossier_id, opened_at);

alter table dossier add foreign key (recall_task) references task;

-- Requests for papers (yêu cầu bổ sung), complete in one go; answered when the citizen has sent them.
create table supplement_request (
    id uuid primary key,
    dossier_id uuid not null references dossier,
    round smallint not null check (round > 0),
    items jsonb not null,                   -- which papers, why, by coded reasons
    note text,
    reply_by timestamptz not null,
    asked_at timestamptz not null,
    asked_by uuid references officer,       -- null: by its workflow
    answered_at timestamptz,
    unique (dossier_id, round)
);

-- What the citizen sees: one row for each change of status or step, in order.
create table progress (
    id uuid primary key,
    dossier_id uuid not null references dossier,
    status smallint not null check (status between 1 and 10),
    act text not null,
    step text,                              -- id in the workflow's tree
    title text not null,                    -- in Vietnamese, as shown
    agency_name text not null,
    officer_id uuid references officer,
    note text,
    at timestamptz not null
);
create index progress_by_dossier on progress (dossier_id, at);

-- Papers given with a draft or a dossier, and results given back.
create table paper (
    id uuid primary key,
    draft_id uuid references draft,
    dossier_id uuid references dossier,
    kind text not null check (kind in ('submitted', 'result', 'answer')),
    slot text not null,                     -- the procedure's paper id, or 'result'
    name text not null,
    form text not null check (form in ('original', 'copy', 'electronic')),
    quantity smallint not null default 1 check (quantity between 1 and 99),
    object_id uuid,                         -- stored_object; null for a paper kept on paper
    file_name text,
    added_at timestamptz not null,
    added_by text not null,
    check (draft_id is not null or dossier_id is not null)
);
create index paper_by_draft on paper (draft_id) where draft_id is not null;
create index paper_by_dossier on paper (dossier_id) where dossier_id is not null;
create index paper_by_object on paper (object_id) where object_id is not null;

-- Statutory slips as issued: the content is frozen with the version of the form.
create table slip (
    id uuid primary key,
    dossier_id uuid not null references dossier,
    form text not null,                     -- '01' … '07'
    form_version text not null,
    content jsonb not null,
    issued_at timestamptz not null,
    issued_by uuid references officer,      -- null: by the system, what no officer has to decide
    check (issued_by is not null or form in ('01', '02'))
);
create index slip_by_dossier on slip (dossier_id, form);

-- The deadline's ledger: the due date is a fold of these rows, in the order of `seq`.
create table deadline_entry (
    id uuid primary key,
    seq bigint not null unique generated always as identity,
    dossier_id uuid not null references dossier,
    clock text not null default 'whole'
        check (clock in ('reception', 'whole', 'step', 'opinion', 'agency')),
    subject_id uuid,                        -- the task, opinion or sub-process that is timed
    kind text not null
        check (kind in ('start', 'pause', 'resume', 'restart', 'extend', 'calendar', 'stop')),
    at timestamptz not null,
    due_at timestamptz not null,            -- after this row, as it was told
    amount int,                             -- in `unit`: what a start or restart gives
    unit text,
    until_at timestamptz,                   -- the moment an extension sets
    reason text,                            -- a code
    note text,                              -- in the officer's words
    basis text not null,                    -- article of law
    calendar_version int not null references work_calendar,
    explanation jsonb not null default '[]',
    officer_id uuid references officer,
    check (clock in ('step', 'opinion', 'agency') = (subject_id is not null)),
    check (kind <> 'start' or (amount is not null and unit is not null)),
    check (kind <> 'extend' or until_at is not null),
    check (kind <> 'pause' or reason is not null)
);
create index deadline_entry_by_dossier on deadline_entry (dossier_id, seq);
-- A clock starts once and ends once.
create unique index deadline_entry_once on deadline_entry (dossier_id, clock, subject_id, kind)
    nulls not distinct where kind in ('start', 'stop');

-- Changed calendars: tried out first, then approved and applied to every open dossier.
create table calendar_draft (
    id uuid primary key,
    agency_id uuid references agency,       -- whose calendar; null: everybody's
    change jsonb not null,
    decision text not null check (decision <> ''),
    drafted_at timestamptz not null,
    drafted_by uuid not null references officer,
    approved_at timestamptz,
    approved_by uuid references officer,
    discarded_at timestamptz,
    recounted_at timestamptz,               -- no open dossier is counted on the old calendar
    versions int[] not null default '{}',   -- of work_calendar, written by the approval
    check ((approved_at is null) = (approved_by is null)),
    check (approved_at is null or discarded_at is null),
    check (recounted_at is null or approved_at is not null)
);
create index calendar_draft_to_apply on calendar_draft (approved_at)
    where approved_at is not null and recounted_at is null;
create index dossier_to_recount on dossier (id) where finished_at is null;
create index deadline_entry_recounted on deadline_entry (calendar_version) where kind = 'calendar';

create table rating (
    dossier_id uuid primary key references dossier,
    score smallint not null check (score between 1 and 3),
    comment text,
    rated_at timestamptz not null
);
