-- The books (sổ): contracts, what was used under them, and the statements that were closed.
-- Rows keep the tenant's id without a foreign key: the books outlive a tenant that has left.

create table contract (
    id text not null,
    version int not null check (version >= 1),
    tenant_id uuid not null,
    tenant_slug text not null,
    start_on date not null,
    end_on date not null,                   -- the last day of the term
    document jsonb not null,
    digest bytea not null,
    loaded_at timestamptz not null,
    primary key (tenant_id, id, version),
    check (end_on >= start_on)
);

-- `billed_in` is the first day of the month the fact is stated in: the month it happened, or the
-- first open one when that month had been closed before the fact arrived.
create table usage (
    tenant_id uuid not null,
    id text not null,
    meter text not null,
    quantity bigint not null check (quantity >= 0),
    subject text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    collected_at timestamptz not null,
    billed_in date not null check (extract(day from billed_in) = 1),
    digest bytea not null,
    primary key (tenant_id, id)
);
create index usage_by_month on usage (tenant_id, billed_in, meter, occurred_at) include (quantity);
-- A tenant that is new is in no statistics: the planner would take it for one of a single row, and
-- read all its facts where it should look up one. Without any it takes it for one of two hundred.
alter table usage alter column tenant_id set statistics 0;
-- How many days there are: sums by day are then made by each worker for itself.
create statistics usage_by_day on ((occurred_at at time zone 'Asia/Ho_Chi_Minh')::date) from usage;

-- The same id came with another content: nothing is overwritten, a person has to look.
create table usage_conflict (
    tenant_id uuid not null,
    id text not null,
    digest bytea not null,                  -- of the content that was not taken
    content jsonb not null,
    seen_at timestamptz not null,
    primary key (tenant_id, id, digest)
);

-- A closed month, frozen as it was shown. An open month is computed whenever it is asked for,
-- so no draft is kept here that could drift away from the usage behind it.
create table statement (
    tenant_id uuid not null,
    month date not null check (extract(day from month) = 1),
    contract_id text not null,
    contract_version int not null,
    total bigint not null check (total >= 0),
    document jsonb not null,
    closed_by text not null,
    closed_at timestamptz not null,
    primary key (tenant_id, month),
    foreign key (tenant_id, contract_id, contract_version) references contract
);

insert into append_only (name) values ('contract'), ('usage'), ('usage_conflict'), ('statement');
