-- How many lines of level `error` the programs have written, so that whoever watches is told of
-- each without reading the logs. By program and not by tenant: many a line knows no tenant.
create table error_line (
    kind text not null check (kind in ('web', 'worker', 'keeper')),
    event text not null,
    lines bigint not null check (lines > 0),
    last_at timestamptz not null,
    primary key (kind, event)
);
