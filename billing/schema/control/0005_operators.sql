-- What operators do about the books, each by an account of his own; and what the provinces' workers
-- tell of the providers their messages go through.

-- A correction is the act of two accounts. The names beside them are those of the day.
alter table usage_proposal
    add column proposer uuid not null references operator,
    add column decider uuid references operator,
    add check (decider <> proposer),
    add check ((decider is null) = (decided_at is null));
create index usage_proposal_by_proposer on usage_proposal (proposer);
create index usage_proposal_by_decider on usage_proposal (decider);
-- Two that wait for one fact could both be approved, and only one of them be carried out.
create unique index usage_proposal_once on usage_proposal (tenant_id, source, fact)
    where approved is not false;
create index usage_proposal_by_fact on usage_proposal (tenant_id, source, fact, proposed_at);

-- Nobody's account only where the books themselves took back what is in doubt.
alter table usage
    add column proposer uuid,
    add column approver uuid,
    add check (approver <> proposer),
    add check ((proposer is null) = (approver is null)),
    add check (corrects is null or proposer is not null or proposed_by = 'books');

-- A contract may limit a meter, and include a volume of it in its price: each warns for itself.
alter table quota_warning
    add column kind text not null check (kind in ('fair_use', 'included')),
    drop constraint quota_warning_pkey,
    add primary key (tenant_id, meter, month, kind, percent);

-- How a provider did on a day in Vietnam, as the province's worker counted it: never a message.
create table provider_day (
    tenant_id uuid not null references tenant on delete cascade,
    provider text not null,
    day date not null,
    attempts int not null,
    taken int not null,
    refused int not null,
    later int not null,                     -- surely not taken, and passed on
    unknown int not null,                   -- nobody knows
    delivered int not null,
    undelivered int not null,
    doubled int not null,                   -- attempts by which a message came twice for sure
    answered int not null,
    answer_ms bigint not null,              -- of all that answered, together
    slowest_ms int not null,
    priced int not null,                    -- of those taken, how many had a price
    cost bigint not null,                   -- what those came to, in đồng
    primary key (tenant_id, provider, day)
);

-- Each provider as the province may use it now. From its last ends follows its share at any moment.
create table provider_now (
    tenant_id uuid not null references tenant on delete cascade,
    provider text not null,
    label text not null,
    channel text not null check (channel in ('sms', 'email')),
    priority int not null,
    weight int not null,
    ends jsonb not null,                    -- newest first: when, and whether it answered as it should
    told_at timestamptz not null,
    primary key (tenant_id, provider)
);

-- Two tenants were one for a time and have parted: rows of what one counted then lie with the
-- other. By how much what the rows here come to lies above (below) what is counted here.
create table usage_apart (
    tenant_id uuid not null,
    merger_id uuid not null,
    meter text not null,
    day date not null,
    facts bigint not null,
    quantity bigint not null,
    primary key (tenant_id, merger_id, meter, day)
);
insert into append_only (name) values ('usage_apart');
