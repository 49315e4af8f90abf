-- Agencies, posts and the people who hold them; citizens as they told us at sign-in.

create table agency (
    id uuid primary key,
    key text not null unique,               -- stable name of our own, e.g. 'phuong-quy-nhon'
    name text not null,
    sms_name text not null,                 -- without marks, for text messages
    kind text not null check (kind in ('province', 'department', 'commune', 'service_centre')),
    parent_id uuid references agency,
    unit_code text,                         -- administrative unit code of the statistics office
    code_prefix text not null,              -- first part of a dossier code
    address text not null default '',
    valid_from date not null,
    valid_to date,
    formed_from jsonb not null default '[]'
);

create table post (
    id uuid primary key,
    agency_id uuid not null references agency,
    key text not null,                      -- stable name of our own, e.g. 'tu-phap-ho-tich'
    kind text not null check (kind in ('reception', 'specialist', 'leader', 'administrator')),
    title text not null,
    unique (agency_id, key)
);
create index post_by_agency on post (agency_id, kind);

create table officer (
    id uuid primary key,
    username text not null unique,          -- as the staff issuer names the person
    full_name text not null,
    email text,
    issuer text,                            -- bound at the first sign-in
    subject text,
    admitted_at timestamptz not null,
    entered_at timestamptz,                 -- the last sign-in, or reopened by an administrator
    dismissed_at timestamptz,
    unique (issuer, subject)
);

-- People hold posts for a time.
create table post_holding (
    id uuid primary key,
    post_id uuid not null references post,
    officer_id uuid not null references officer,
    from_on date not null,
    to_on date,                             -- the last day, inclusive
    instead_of uuid references officer,     -- whom the holder stands in for, by a decision
    decision text,
    check (to_on is null or to_on >= from_on),
    check (instead_of is null or (instead_of <> officer_id and to_on is not null
                                  and decision is not null))
);
create index post_holding_by_officer on post_holding (officer_id);
create index post_holding_by_post on post_holding (post_id);

create table citizen (
    id uuid primary key,
    issuer text not null,
    subject text not null,
    full_name text not null,
    id_number text,
    phone text,                             -- E.164
    email text,
    birth_on date,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    unique (issuer, subject)
);

create table work_calendar (
    version int primary key,
    document jsonb not null,
    valid_from date not null,
    decision text not null,
    agency_id uuid references agency        -- an agency's own hours; null: everybody else's
);
