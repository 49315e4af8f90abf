-- Messages to people. The row is written with the act that causes it; the worker sends it.
create table notice (
    id uuid primary key,
    dossier_id uuid references dossier,
    event text not null,                    -- key of the template
    template_version smallint not null default 1,
    fact text not null unique,              -- one fact, one recipient, one message
    phone text not null,                    -- E.164
    text text not null,
    encoding text not null check (encoding in ('GSM7', 'UCS2')),
    parts smallint not null check (parts between 1 and 12),
    state text not null check (state in ('pending', 'sent', 'delivered', 'failed', 'in_doubt')),
    attempts smallint not null default 0,
    next_at timestamptz not null,
    claimed_until timestamptz,
    provider text,
    provider_ref text,
    error text,
    created_at timestamptz not null,
    sent_at timestamptz
);
create index notice_due on notice (next_at) where state = 'pending';
create index notice_by_dossier on notice (dossier_id, created_at);
