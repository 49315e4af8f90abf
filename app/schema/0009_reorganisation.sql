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
