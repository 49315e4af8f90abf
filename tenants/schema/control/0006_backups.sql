-- Backups: which sets there are, where their copies lie, what restoring proved. The archive itself
-- can be read without these rows; they are what the vendor watches.

create table backup_set (
    id uuid primary key,
    kind text not null check (kind in ('base', 'wal', 'dump')),
    cluster text not null,
    tenant_id uuid,                         -- of a dump; no reference: the row outlives the tenant
    tenant_slug text,
    state text not null check (state in ('running', 'whole', 'failed', 'retired', 'shredded')),
    began_at timestamptz not null,
    ended_at timestamptz,
    -- base: from here on it can be restored; wal: up to here; dump: exactly here.
    reaches_at timestamptz,
    parts int not null default 0,
    bytes bigint not null default 0,        -- sealed, as they lie in the archive
    first_segment text,                     -- wal: the first file its key seals
    failure text,
    check ((kind = 'dump') = (tenant_id is not null)),
    check (state <> 'whole' or reaches_at is not null)
);
create index backup_set_by_time on backup_set (began_at desc);

create table backup_copy (
    set_id uuid not null references backup_set on delete cascade,
    place text not null,
    copied_at timestamptz not null,
    verified_at timestamptz,
    missing_at timestamptz,                 -- since when a look has not found it there, or its key
    primary key (set_id, place)
);
create index backup_copy_by_place on backup_copy (place);

-- What the backup process saw when it last looked into a place, for each cluster it looks after.
create table backup_look (
    place text not null,
    cluster text not null,
    looked_at timestamptz not null,
    failure text,                           -- why the place did not answer
    primary key (place, cluster)
);

-- Where a tenant wants its own copies: its centre's store, with credentials, sealed.
create table backup_place (
    tenant_id uuid primary key references tenant on delete cascade,
    sealed bytea not null,
    every_hours int not null check (every_hours between 1 and 168),
    pushed_at timestamptz,
    failure text
);

-- How far a tenant's files (papers) have been copied to a place.
create table backup_files (
    tenant_id uuid not null references tenant on delete cascade,
    place text not null,
    copied_until timestamptz not null,
    files bigint not null default 0,
    primary key (tenant_id, place)
);

-- How the receiver of a cluster's log stands, as the backup process saw it last.
create table backup_receiver (
    cluster text primary key,
    looked_at timestamptz not null,
    streams boolean not null,
    promised boolean not null,              -- no commit is to be answered before a second disk has it
    waited_for boolean not null,            -- and so it is
    behind_bytes bigint not null default 0, -- of the log, not yet received
    lost_at timestamptz                     -- when a piece of the log was found to be gone
);

-- What a tenant's tables held at one exact place of the write-ahead log.
create table backup_mark (
    id uuid primary key,
    at timestamptz not null,
    cluster text not null,
    tenant_id uuid not null,
    tenant_slug text not null,
    lsn pg_lsn not null,
    tables jsonb not null                   -- name -> [rows, sum of the rows' digests]
);
create index backup_mark_by_time on backup_mark (at desc);

create table restore_drill (
    id uuid primary key,
    at timestamptz not null,
    kind text not null check (kind in ('cluster', 'dump')),
    set_id uuid not null,
    cluster text not null,
    tenant_id uuid not null,
    tenant_slug text not null,
    target_at timestamptz not null,         -- the second it was restored to
    seconds numeric(10, 1) not null check (seconds >= 0),
    passed boolean not null,
    tables int not null,
    rows bigint not null,
    objects int not null,                   -- files read back and digested
    trail text not null,                    -- 'whole', 'broken', 'not_checked'
    failure text,
    check (passed = (failure is null))
);
create index restore_drill_by_tenant on restore_drill (tenant_id, at desc);

create table restore_run (
    id uuid primary key,
    tenant_slug text not null,
    target_at timestamptz not null,
    set_id uuid not null,
    database text not null,                 -- the new one, beside the old
    began_at timestamptz not null,
    loaded_at timestamptz,
    switched_at timestamptz,
    kept_as text,                           -- what the old one is called since
    objects_missing int,
    failure text
);
create index restore_run_by_time on restore_run (began_at desc);

insert into append_only (name) values ('restore_drill');
