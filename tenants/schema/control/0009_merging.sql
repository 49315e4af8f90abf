-- Tenants whose data was taken into another one's by a merger of provinces, and given back. Rows
-- name the tenants without foreign keys: they outlive them.

create table merger (
    id uuid primary key,
    joined_id uuid not null,
    joined_slug text not null,
    into_id uuid not null,
    into_slug text not null,
    plan_digest bytea not null check (length(plan_digest) = 32),
    begun_at timestamptz not null,
    begun_by text not null
);
create index merger_by_joined on merger (joined_id, begun_at desc);

-- What of it is done; one that was cut short goes on with the rest. Each step stands for itself:
-- 'cancelled' after none of the later ones, 'parting' when the two are being split again.
create table merger_step (
    merger_id uuid not null references merger,
    step text not null check (step in (
        'files', 'closed', 'moved', 'addresses', 'whole', 'cancelled',
        'parting', 'counted', 'given_back', 'taken_out', 'addresses_back', 'books_parted', 'parted')),
    detail jsonb not null default '{}',
    done_at timestamptz not null,
    done_by text not null,
    primary key (merger_id, step)
);
insert into append_only (name) values ('merger'), ('merger_step');
