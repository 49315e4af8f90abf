-- The control plane: who the tenants are and where they live. It knows no citizen.

create table tenant (
    id uuid primary key,
    slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,30}$'),
    status text not null check (status in ('provisioning', 'active', 'suspended')),
    cluster text not null,
    database text not null unique,
    role text not null unique,
    bucket text not null unique,
    sealed bytea not null,
    site jsonb not null,
    schema_version int not null default 0,
    schema_error text,
    schema_floor int not null default 0,    -- releases with fewer migrations are of no use to it
    suspended_at timestamptz,
    suspended_until date,
    suspension_reason text,
    created_at timestamptz not null,
    check ((status = 'suspended') = (suspended_at is not null))
);

create table tenant_domain (
    host text primary key check (host = lower(host)),
    tenant_id uuid not null references tenant on delete cascade,
    is_primary boolean not null default false
);
create unique index tenant_domain_one_primary on tenant_domain (tenant_id) where is_primary;

-- A null tenant_id is the vendor's own issuer.
create table issuer (
    id uuid primary key,
    tenant_id uuid references tenant on delete cascade,
    audience text not null check (audience in ('citizen', 'staff', 'vendor')),
    issuer text not null,
    label text not null,
    client_id text not null,
    sealed_secret bytea not null,
    demands jsonb not null default '{}',    -- how sure it must be of people
    check ((audience = 'vendor') = (tenant_id is null)),
    unique nulls not distinct (tenant_id, audience, issuer)
);

create table operator (
    id uuid primary key,
    username text not null unique,
    full_name text not null,
    issuer text,                            -- bound at the first sign-in
    subject text,
    active boolean not null default true,
    admitted_at timestamptz not null,
    entered_at timestamptz,                 -- the last sign-in, or reopened by hand
    unique (issuer, subject)
);

-- What vendor staff and the command line did to tenants.
create table operation (
    id uuid primary key,
    at timestamptz not null,
    actor text not null,
    act text not null,
    tenant_slug text,
    detail jsonb not null default '{}'
);
create index operation_by_time on operation (at desc);

-- Tables the control role may only add to: it gets neither update nor delete on them.
create table append_only (
    name text primary key
);
insert into append_only (name) values ('operation');

-- The programs at work and what their releases know; one that falls silent is taken for gone.
create table running_program (
    id uuid primary key,
    kind text not null check (kind in ('web', 'worker', 'keeper')),
    release text not null,                  -- the directory it runs from
    schema int not null,                    -- how many migrations of tenants' databases it knows
    control_schema int not null,
    host text not null,
    pid int not null,
    started_at timestamptz not null,
    seen_at timestamptz not null
);
