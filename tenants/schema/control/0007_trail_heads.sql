-- The newest seal of each tenant's trail, published here so that a tenant's database that is cut
-- or turned back to an older state shows. Digests and counts only: nothing of a person. Kept by
-- the tenant's id without a foreign key: it outlives a tenant that has left.

create table trail_head (
    tenant_id uuid not null,
    seq bigint not null,
    digest bytea not null,
    total bigint not null,                  -- rows sealed up to here
    published_at timestamptz not null,
    primary key (tenant_id, seq, digest)
);

-- A lawful break, answered for by a person: the database was restored as of an earlier moment, or
-- came from another installation with another key. Heads after `seq` published before are excused.
create table trail_break (
    id uuid primary key,
    tenant_id uuid not null,
    seq bigint not null,                    -- the last seal that stays as published
    public_key bytea,                       -- a former key to be trusted from now on
    at timestamptz not null,
    actor text not null,
    reason text not null
);
create index trail_break_by_tenant on trail_break (tenant_id, at);

-- What each night's verification found.
create table trail_check (
    tenant_id uuid not null,
    checked_at timestamptz not null,
    seals bigint not null,
    rows bigint not null,
    unsealed bigint not null,
    findings int not null,
    lines jsonb not null,                   -- the first findings, one sentence each
    primary key (tenant_id, checked_at)
);

insert into append_only (name) values ('trail_head'), ('trail_break'), ('trail_check');
