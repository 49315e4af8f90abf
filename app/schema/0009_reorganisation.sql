-- Codes made in several forms, codes a dossier had before, and agencies that follow one another.

-- How codes are made behind `code_prefix`; null: as the agency above it.
alter table agency add column code_form jsonb;

-- Codes given by a system outside, waiting to be used; they are fetched long before.
create table code_given (
    code text primary key check (length(code) <= 64),
    prefix text not null,
    given_at timestamptz not null
);
create index code_given_by_prefix on code_given (prefix, code);

-- What a dossier was called before, or is called elsewhere: every such code keeps leading to it.
create table code_alias (
    code text primary key check (length(code) <= 64),
    dossier_id uuid not null references dossier,
    since timestamptz not null,
    reason text not null
);
create index code_alias_by_dossier on code_alias (dossier_id);

-- The one way from a code to its dossier. In plpgsql, because its plan is kept by the session.
create function dossier_named(wanted text) returns uuid language plpgsql stable as $$
begin
    return coalesce((select id from dossier where code = wanted),
                    (select dossier_id from code_alias where code = wanted));
end $$;

-- A text is one dossier's code or one dossier's alias, never both.
create function code_must_be_free() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('code:' || new.code, 0));
    if tg_table_name = 'code_alias' and exists (select from dossier where code = new.code)
       or tg_table_name = 'dossier' and exists (select from code_alias where code = new.code) then
        raise unique_violation using message = 'the code ' || new.code || ' is taken';
    end if;
    return new;
end $$;
create trigger dossier_code_free before insert on dossier
    for each row execute function code_must_be_free();
create trigger dossier_code_stays_free before update on dossier
    for each row when (old.code <> new.code) execute function code_must_be_free();
create trigger code_alias_free before insert or update on code_alias
    for each row execute function code_must_be_free();

-- Posts come and go like agencies; null: as long as the agency itself.
alter table post add column valid_from date, add column valid_to date;

-- Districts ended on 1 July 2025; their dossiers and their successors did not.
alter table agency drop constraint agency_kind_check, add constraint agency_kind_check
    check (kind in ('province', 'department', 'district', 'commune', 'service_centre'));

-- A decision that reorganises agencies, as it was described, and how far it is carried out.
create table reorganisation (
    id uuid primary key,
    digest text not null unique,            -- the same description is the same reorganisation
    number text not null,                   -- of the decision, as it is cited
    title text not null,
    decided_on date not null,
    on_day date not null,                   -- the first day of the new organisation
    document jsonb not null,
    state text not null check (state in ('planned', 'running', 'done', 'refused')),
    faults jsonb not null default '[]',     -- why it could not begin
    figures jsonb not null default '{}',    -- what moved
    planned_at timestamptz not null,
    planned_by text not null,
    begun_at timestamptz,
    done_at timestamptz
);
create index reorganisation_waiting on reorganisation (on_day) where state in ('planned', 'running');

-- Which agency does the work of which since when; `is_main` is one for each that ended.
create table agency_succession (
    from_id uuid not null references agency,
    to_id uuid not null references agency,
    on_day date not null,
    kind text not null check (kind in ('merge', 'split', 'dissolve')),
    is_main boolean not null,
    decision text not null,
    reorganisation_id uuid not null references reorganisation,
    primary key (from_id, to_id),
    check (from_id <> to_id)
);
create unique index agency_succession_main on agency_succession (from_id) where is_main;
create index agency_succession_to on agency_succession (to_id);

-- What an agency was called before it was renamed.
create table agency_former_name (
    agency_id uuid not null references agency,
    name text not null,
    until_on date not null,                 -- the last day of that name
    decision text not null,
    reorganisation_id uuid not null references reorganisation,
    primary key (agency_id, until_on)
);

-- Open dossiers that went on with another agency.
create table dossier_move (
    dossier_id uuid not null references dossier,
    reorganisation_id uuid not null references reorganisation,
    from_id uuid not null references agency,
    to_id uuid not null references agency,
    on_day date not null,
    at timestamptz not null,
    primary key (dossier_id, reorganisation_id)
);
create index dossier_move_by_reorganisation on dossier_move (reorganisation_id, from_id, to_id);
insert into append_only (name) values ('dossier_move'), ('agency_succession');
create index dossier_open_at_agency on dossier (agency_id, id) where status not in (3, 7, 8, 10);
create index task_at_agency on task (agency_id) where state = 'open';
create index draft_unfiled on draft (agency_id) where dossier_id is null;

-- For every agency the one that does its work on a day: itself until it ended, then its main
-- successor, then that one's.
create function units_on(day date) returns table (agency_id uuid, unit_id uuid)
language sql stable as $$
    with recursive way as (
        select id as origin, id as at, 0 as steps from agency
        union all
        select way.origin, s.to_id, way.steps + 1
        from way join agency_succession s
          on s.from_id = way.at and s.is_main and s.on_day <= day and way.steps < 100
    )
    select distinct on (origin) origin, at from way order by origin, steps desc
$$;
