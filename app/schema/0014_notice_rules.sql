-- What may be sent to whom, in which words and how often.

-- A message may be held: a person, or its hour, lets it go on. What is dropped was never sent.
alter table notice drop constraint notice_state_check;
alter table notice
    add constraint notice_state_check check (state in (
        'pending', 'sent', 'delivered', 'failed', 'in_doubt', 'held', 'dropped')),
    add column hold text check (hold in (
        'template', 'number_hour', 'number_day', 'day_cap', 'surge', 'prefix', 'codes')),
    add column cleared_at timestamptz,      -- somebody looked at it: limits hold it no more
    add column taken_at timestamptz,        -- first handed to sending; counts for the limits
    add check ((state = 'held') = (hold is not null));
-- When a held one goes on by itself; 'infinity' when only a person lets it go.
create index notice_held on notice (next_at) where state = 'held';
create index notice_by_number on notice (phone, taken_at) where taken_at is not null;
create index notice_trouble on notice (created_at)
    where state in ('failed', 'in_doubt', 'held', 'dropped');

-- The wording of a province's own, over the shipped ones. A text is never edited: a new text is a
-- new version. Own versions begin after 100, so that a new shipped one meets none of them.
create table notice_template (
    key text not null,
    version smallint not null check (version > 100),
    text text not null,
    marked boolean not null,                -- sent with Vietnamese marks, in the dearer alphabet
    written_at timestamptz not null,
    written_by uuid not null references officer,
    in_use_at timestamptz,
    retired_at timestamptz,
    primary key (key, version)
);
create index notice_template_by_officer on notice_template (written_by);

-- Under which name, over which provider; an operator may want to see each wording first.
create table notice_brand (
    brand text not null check (brand ~ '^[A-Za-z0-9 ._-]{1,11}$'),
    provider text not null,
    needs_approval boolean not null,
    set_at timestamptz not null,
    primary key (brand, provider)
);

-- What the operator said of a wording; the latest row counts.
create table notice_approval (
    id uuid primary key,
    key text not null,
    version smallint not null,
    brand text not null,
    provider text not null,
    state text not null check (state in ('submitted', 'approved', 'refused')),
    on_day date not null,                   -- as the operator's paper says
    reason text,
    at timestamptz not null,
    by_officer uuid not null references officer,
    foreign key (brand, provider) references notice_brand,
    check ((state = 'refused') = (reason is not null))
);
create index notice_approval_by_line on notice_approval (brand, provider, key, version);
create index notice_approval_by_officer on notice_approval (by_officer);
insert into append_only (name) values ('notice_approval');

-- The limits as decided; the latest row counts, and none means the shipped ones.
create table notice_limit (
    id uuid primary key,
    document jsonb not null,
    decided_at timestamptz not null,
    decided_by uuid not null references officer
);
create index notice_limit_by_officer on notice_limit (decided_by);
insert into append_only (name) values ('notice_limit');

-- What was handed to sending, by the hour: the day's sum, and what is usual.
create table notice_hour (
    hour timestamptz primary key,
    messages int not null default 0,
    parts int not null default 0,
    strangers int not null default 0        -- to numbers of no known operator
);

-- A warning of a kind of hold is given once a day.
create table notice_warning (
    id uuid primary key,
    kind text not null check (kind in ('surge', 'prefix', 'codes', 'day_cap', 'template')),
    day date not null,
    at timestamptz not null,
    unique (kind, day)
);

-- How a citizen wants to be told, beside what the law demands.
create table notice_wish (
    citizen_id uuid primary key references citizen,
    ways text not null check (ways in ('sms', 'email', 'both', 'none')),
    email text,
    changed_at timestamptz not null,
    check (ways not in ('email', 'both') or email is not null)
);

-- A number that asked by message to be left alone, until it asks to be told again.
create table notice_stop (
    phone text primary key,                 -- E.164
    stopped_at timestamptz not null,
    resumed_at timestamptz
);

-- What people wrote to us; the text is kept short, long digit runs hidden.
create table inbound_message (
    id uuid primary key,
    fact text not null unique,              -- of the provider's own id, or of what and when
    phone text not null,
    text text not null check (length(text) <= 200),
    kind text not null check (kind in ('lookup', 'help', 'stop', 'start', 'unknown')),
    outcome text not null check (outcome in ('answered', 'limited', 'silent')),
    came_at timestamptz not null,
    answer_id uuid references notice
);
create index inbound_by_number on inbound_message (phone, came_at);
create index inbound_by_answer on inbound_message (answer_id);
