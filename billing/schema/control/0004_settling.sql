-- What happens to a statement after it was closed, and breaches that reduce one before it is.

-- Adjustments may leave less than nothing to pay.
alter table statement drop constraint statement_total_check;

-- The steps of a closed statement, each once and in order; the last of them is final.
create table statement_step (
    tenant_id uuid not null,
    month date not null,
    step text not null check (step in ('sent', 'accepted', 'invoiced', 'paid')),
    reference text not null default '' check (length(reference) <= 200),
    side text not null check (side in ('vendor', 'tenant')),
    done_by text not null,
    done_at timestamptz not null,
    primary key (tenant_id, month, step),
    foreign key (tenant_id, month) references statement
);

-- A breach of a promise (vi phạm cam kết), as entered; the contract says what each case costs.
create table statement_credit (
    id uuid primary key,
    tenant_id uuid not null,
    month date not null check (extract(day from month) = 1),
    penalty text not null,
    cases int not null check (cases between 1 and 1000),
    reason text not null check (length(reason) between 1 and 500),
    entered_by text not null,
    entered_at timestamptz not null,
    -- A reason names its incident; pressed twice it would be taken off twice.
    unique (tenant_id, month, penalty, reason)
);
create index statement_credit_by_month on statement_credit (tenant_id, month, entered_at);

insert into append_only (name) values ('statement_step'), ('statement_credit');
