-- Numbers of slips and the register of dossiers (sổ theo dõi hồ sơ).

-- Numbers run through an agency's year. A number is taken in the transaction that uses it: one that
-- is rolled back goes to the next, so there is no gap and no double.
create table slip_counter (
    agency_id uuid not null references agency,
    form text not null,                     -- '02' … '05'; '07' counts the register itself
    year smallint not null,
    last int not null check (last > 0),
    primary key (agency_id, form, year)
);

alter table slip
    add column agency_id uuid references agency,
    add column year smallint,
    add column number int check (number > 0),
    add column replaces uuid unique references slip,  -- the slip this one was issued instead of
    add constraint slip_number_once unique (agency_id, form, year, number),
    add constraint slip_numbered_whole
        check (number is null or (agency_id is not null and year is not null));

-- Form 07: each received dossier has one line, which nobody changes or takes away.
create table register_entry (
    id uuid primary key,
    agency_id uuid not null references agency,
    year smallint not null,
    number int not null check (number > 0),
    dossier_id uuid not null unique references dossier,
    received_at timestamptz not null,
    unique (agency_id, year, number)
);
create index register_entry_by_day on register_entry (agency_id, received_at);
insert into append_only (name) values ('register_entry');
