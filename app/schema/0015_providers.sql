-- Through whom messages go: several providers at once, and every attempt with its end.
create table notice_provider (
    name text primary key,                  -- one of the deployment's, or a new one of the tenant's
    choices jsonb not null,                 -- what differs from the deployment's, or all of it
    sealed bytea,                           -- its login, sealed by the tenant's key
    changed_at timestamptz not null
);

alter table notice
    add column channel text not null default 'sms' check (channel in ('sms', 'email')),
    add column email text,
    add column subject text,                -- of a letter
    add column tried smallint not null default 0,   -- attempts ever begun, which numbers them
    add column doubled text check (doubled in ('perhaps', 'surely')),
    alter column phone drop not null,
    drop constraint notice_encoding_check,
    add constraint notice_encoding_check check (encoding in ('GSM7', 'UCS2', 'MAIL')),
    add constraint notice_has_address check (
        case channel when 'sms' then phone is not null else email is not null end);

create index notice_doubled on notice (created_at) where doubled is not null;

-- One row for each time a message was handed to a provider. It is written before the call, so
-- that after a crash it is known whom to ask; `result` stays empty while the end is not known.
create table notice_attempt (
    notice_id uuid not null references notice,
    number smallint not null,
    provider text not null,
    at timestamptz not null,
    ended_at timestamptz,
    result text check (result in ('taken', 'refused', 'later', 'unknown', 'absent', 'spared')),
    reference text,                         -- the provider's own name for the message
    code text,                              -- the provider's reply, as it came
    parts smallint,                         -- as the provider counts them
    report text check (report in ('accepted', 'delivered', 'failed', 'rejected')),
    report_code text,
    reported_at timestamptz,
    cost bigint,                            -- đồng, at the provider's price of the day; null: unknown
    primary key (notice_id, number)
);
-- The attempts of a day; they come in the order of time, so the smallest index does.
create index notice_attempt_at on notice_attempt using brin (at);
-- The health of a provider is read from its last ends.
create index notice_attempt_ended on notice_attempt (provider, ended_at desc)
    where result in ('taken', 'refused', 'later', 'unknown');
