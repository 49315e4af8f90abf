-- Work between two systems (liên thông giữa hai hệ thống): neither reaches into the other's database.

-- Another system that takes part; known by its address and by the key it signs with.
create table partner (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'), -- as workflows name it
    name text not null,
    address text not null unique,           -- scheme and host, without a path
    public_key text not null,               -- Ed25519 (RFC 8032), 32 bytes in base64url
    active boolean not null default true,
    added_at timestamptz not null,
    added_by uuid references officer
);

-- A part of a workflow lies with an agency of ours or with another system.
alter table linked_work alter column agency_id drop not null,
    add column partner_id uuid references partner,
    add column their_code text,             -- how the other system calls it
    add column outcome text check (outcome in ('accepted', 'asked', 'finished', 'ended')),
    add column outcome_note text,           -- why, in the words of the other side
    add check (num_nonnulls(agency_id, partner_id) = 1),
    add check (partner_id is not null or num_nonnulls(their_code, outcome, outcome_note) = 0);
create index linked_work_unsettled on linked_work (entered_at)
    where partner_id is not null and left_at is null;

-- Work another system has sent here; its dossier is ours. The id is the other side's linked_work.
create table errand (
    partner_id uuid not null references partner,
    work_id uuid not null,
    dossier_id uuid not null unique references dossier,
    their_code text not null,
    role text not null check (role in ('lead', 'support')),
    title text not null,                    -- what is asked for, as the other workflow calls it
    wanted_by timestamptz,                  -- its share of the time there
    came_at timestamptz not null,
    withdrawn_at timestamptz,
    primary key (partner_id, work_id)
);

-- Messages to another system, written with the act that causes them. Those of one work go in order.
create table outgoing (
    id uuid primary key,                    -- of the message, the same at every attempt
    seq bigint not null unique generated always as identity,
    partner_id uuid not null references partner,
    work_id uuid not null,
    dossier_id uuid not null references dossier,
    kind text not null check (kind in ('request', 'supplement', 'withdrawal',
                                       'acceptance', 'question', 'answer')),
    body jsonb not null,
    state text not null check (state in ('pending', 'taken', 'refused', 'stuck', 'dropped')),
    attempts smallint not null default 0,
    next_at timestamptz not null,
    claimed_until timestamptz,
    error text,                             -- in Vietnamese, for the worklist
    created_at timestamptz not null,
    taken_at timestamptz,
    check ((state = 'taken') = (taken_at is not null))
);
create index outgoing_due on outgoing (next_at) where state = 'pending';
create index outgoing_by_work on outgoing (work_id, seq);
create index outgoing_by_dossier on outgoing (dossier_id);
create index outgoing_stuck on outgoing (created_at) where state in ('refused', 'stuck');

-- Messages from another system, each taken once: the same id again is only acknowledged again.
create table incoming (
    partner_id uuid not null references partner,
    id uuid not null,
    work_id uuid not null,
    kind text not null check (kind in ('request', 'supplement', 'withdrawal',
                                       'acceptance', 'question', 'answer')),
    digest bytea not null check (length(digest) = 32),
    body jsonb not null,
    taken_at timestamptz not null,
    primary key (partner_id, id)
);
create index incoming_by_work on incoming (work_id, taken_at);
insert into append_only (name) values ('incoming');

-- Files that came before the message that names them.
create table incoming_file (
    partner_id uuid not null references partner,
    message_id uuid not null,
    digest bytea not null check (length(digest) = 32),
    object_id uuid not null,
    came_at timestamptz not null,
    primary key (partner_id, message_id, digest)
);
