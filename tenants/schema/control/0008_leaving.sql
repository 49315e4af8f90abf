-- Tenants that arrive in a bag from another installation, and tenants that have left and were
-- erased. Rows name the tenant without a foreign key: they outlive it.

create table arrival (
    id uuid primary key,
    tenant_slug text not null,
    bag_digest bytea not null check (length(bag_digest) = 32),  -- SHA-256 of the bag's manifest
    came_from text not null,                -- what the bag says of its source
    begun_at timestamptz not null,
    begun_by text not null
);
create index arrival_by_slug on arrival (tenant_slug, begun_at desc);

-- What of it is finished; one that was cut short goes on with the rest.
create table arrival_step (
    arrival_id uuid not null references arrival,
    step text not null,                     -- 'table dossier', 'files', 'books', … 'whole'
    amount bigint not null,                 -- rows or files
    done_at timestamptz not null,
    primary key (arrival_id, step)
);

-- A tenant that leaves (trả dịch vụ): to whom its data was handed over, and in which bag.
create table erasure (
    id uuid primary key,
    tenant_id uuid not null,
    tenant_slug text not null,
    tenant_name text not null,
    place jsonb not null,                   -- cluster, database, role, bucket: what is to go
    bag_digest bytea not null check (length(bag_digest) = 32),
    handed_to text not null check (handed_to <> ''),
    handed_on date not null,
    paper text not null check (paper <> ''),  -- number of the minutes of the hand-over
    begun_at timestamptz not null,
    begun_by text not null
);
create index erasure_by_slug on erasure (tenant_slug, begun_at desc);

create table erasure_step (
    erasure_id uuid not null references erasure,
    step text not null check (step in (
        'contract_ended', 'reconciled', 'removal_begun', 'files_erased', 'database_dropped',
        'backups_shredded', 'backups_removed')),
    detail jsonb not null,
    done_at timestamptz not null,
    done_by text not null,
    primary key (erasure_id, step)
);

-- The proof that stays: the document as it was signed, and as people read it.
create table erasure_certificate (
    erasure_id uuid primary key references erasure,
    number text not null unique,
    document text not null,                 -- JSON, digested as it stands
    digest bytea not null check (length(digest) = 32),
    signature bytea not null,               -- Ed25519 over the digest
    public_key bytea not null,
    pdf bytea not null,
    issued_at timestamptz not null,
    issued_by text not null
);

insert into append_only (name)
values ('arrival'), ('arrival_step'), ('erasure'), ('erasure_step'), ('erasure_certificate');
