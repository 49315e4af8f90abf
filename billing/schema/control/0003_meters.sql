-- Facts of several sources, corrections by reversing rows, and months that stay closed.
alter table usage
    add column source text not null default 'motcua',
    add column network text not null default '',    -- the carrier a message went to
    -- A correction is a row of its own: `<id>~reversed` takes the fact back, `<id>~corrected`
    -- states it anew. Both name whom to ask.
    add column corrects text,
    add column reason text,
    add column proposed_by text,
    add column approved_by text,
    drop constraint usage_pkey,
    add primary key (tenant_id, source, id),
    drop constraint usage_quantity_check,
    add check (quantity >= 0 or id = corrects || '~reversed'),
    add check (corrects is null or id in (corrects || '~reversed', corrects || '~corrected')),
    add check (num_nulls(corrects, reason, proposed_by, approved_by) in (0, 4)),
    -- A month begins at 00:00 in Vietnam, to the microsecond; nothing is stated before it happened.
    add check (billed_in >= date_trunc('month', occurred_at at time zone 'Asia/Ho_Chi_Minh'));

alter table usage_conflict
    add column source text not null default 'motcua',
    drop constraint usage_conflict_pkey,
    add primary key (tenant_id, source, id, digest);

-- What a statement rests on is never changed, whoever asks; and a month that was closed takes no
-- more. The lock is the one that closing a month takes alone.
create function usage_guard() returns trigger language plpgsql as $$
declare
    whose uuid;
    fact record;
begin
    for whose in select distinct tenant_id from added order by tenant_id loop
        perform pg_advisory_xact_lock_shared(hashtextextended('books:' || whose, 0));
    end loop;
    if exists (
        select from (select distinct tenant_id, billed_in from added) a
        join statement s on s.tenant_id = a.tenant_id and s.month = a.billed_in
    ) then
        raise exception 'a closed month takes no more facts' using errcode = 'check_violation';
    end if;
    -- One by one, by the key: a join is planned once and kept, when the books may still be empty.
    for fact in select * from added where corrects is not null loop
        if not exists (
            select from usage u
            where u.tenant_id = fact.tenant_id and u.source = fact.source and u.id = fact.corrects
              and u.meter = fact.meter and u.occurred_at = fact.occurred_at
              and (fact.id like '%~corrected' or u.quantity = -fact.quantity)
        ) then
            raise exception 'a correction reverses exactly what it corrects'
                using errcode = 'check_violation';
        end if;
    end loop;
    return null;
end $$;
create trigger usage_guard after insert on usage
    referencing new table as added for each statement execute function usage_guard();

create function never_changed() returns trigger language plpgsql as $$
begin
    raise exception '% is only ever added to', tg_table_name using errcode = 'check_violation';
end $$;
create trigger usage_never_changed before update or delete or truncate on usage
    for each statement execute function never_changed();

-- A correction asked for by one person and decided by another. A null quantity takes the fact away.
create table usage_proposal (
    id uuid primary key,
    tenant_id uuid not null,
    source text not null,
    fact text not null,
    quantity bigint check (quantity >= 0),
    reason text not null check (length(reason) between 1 and 500),
    proposed_by text not null,
    proposed_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    approved boolean,
    check (num_nulls(decided_by, decided_at, approved) in (0, 3))
);
create unique index usage_proposal_open on usage_proposal (tenant_id, source, fact)
    where decided_at is null;

-- Meters outside of this system: a token of each source, of which only the digest is kept.
create table usage_source (
    id uuid primary key,
    tenant_id uuid not null references tenant on delete cascade,
    source text not null check (length(source) between 1 and 200 and source <> 'motcua'),
    meters text[] not null check (cardinality(meters) >= 1),  -- what it may count
    token_digest bytea not null unique,
    issued_by text not null,
    issued_at timestamptz not null,
    revoked_by text,
    revoked_at timestamptz,
    check (num_nulls(revoked_by, revoked_at) in (0, 2))
);
create index usage_source_by_tenant on usage_source (tenant_id, source);

-- Every night the books are counted again from the rows they came from.
create table usage_check (
    tenant_id uuid not null,
    checked_at timestamptz not null,
    facts bigint not null,
    differing int not null,
    primary key (tenant_id, checked_at)
);
create table usage_difference (
    tenant_id uuid not null,
    checked_at timestamptz not null,
    against text not null check (against in ('rows', 'records')),
    meter text not null,
    day date not null,
    source_facts bigint not null,
    source_quantity numeric not null,
    book_facts bigint not null,
    book_quantity numeric not null,
    primary key (tenant_id, checked_at, against, meter, day),
    foreign key (tenant_id, checked_at) references usage_check
);

-- A tenant came near a limit of its contract, or passed it.
create table quota_warning (
    tenant_id uuid not null,
    meter text not null,
    month date not null check (extract(day from month) = 1),
    percent smallint not null,
    quantity bigint not null,
    allowed bigint not null,
    warned_at timestamptz not null,
    primary key (tenant_id, meter, month, percent)
);

insert into append_only (name)
values ('usage_check'), ('usage_difference'), ('quota_warning');
