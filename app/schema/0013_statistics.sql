-- Figures (số liệu thống kê), written with the act they count. Nothing is updated: an error is
-- reversed by a row of -1 with the old values and followed by a row with the right ones.
create table statistic (
    id uuid primary key,
    dossier_id uuid not null references dossier,
    kind text not null check (kind in (
        'received', 'settled_early', 'settled_on_time', 'settled_late', 'stopped', 'withdrawn',
        'refused', 'cancelled', 'delivered', 'moved_in', 'moved_out')),
    agency_id uuid not null references agency,
    procedure_id uuid not null references procedure,
    field text not null,                    -- lĩnh vực
    channel text not null,
    wanted_way text not null,
    month date not null check (extract(day from month) = 1),  -- in Vietnam
    amount smallint not null check (amount in (1, -1)),
    about uuid references statistic,        -- the row it reverses, or puts right
    act text not null,                      -- what was done, as the trail names it
    at timestamptz not null,
    check (amount = 1 or about is not null)
);
create index statistic_by_agency on statistic (agency_id, month);
create index statistic_by_month on statistic (month);
create index statistic_by_dossier on statistic (dossier_id);
create unique index statistic_about on statistic (about, amount) where about is not null;
insert into append_only (name) values ('statistic');
