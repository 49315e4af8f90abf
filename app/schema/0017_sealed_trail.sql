-- The trail is sealed in batches: a chain of digests, signed by a key no database holds. Whoever
-- edits the database can change rows, but cannot seal them again.

-- Rows are sealed in the order of their transactions, and only below the oldest one still at work,
-- so that none slips in behind a seal. A database restored into another cluster counts its
-- transactions anew; the cluster's own number keeps the two countings apart.
alter table trail
    add column port int check (port between 1 and 65535),   -- where the request came from
    add column cluster bigint not null default (pg_control_system()).system_identifier,
    add column tx bigint not null default pg_current_xact_id()::text::bigint;
create index trail_by_position on trail (cluster, tx, id);
create index trail_by_actor on trail (actor_id, at) where actor_id is not null;

-- One seal (niêm phong): the rows after one position up to another, and the seal before it.
create table trail_seal (
    seq bigint primary key check (seq > 0),
    previous bytea not null,                -- digest of the seal before; 32 zeros before the first
    cluster bigint not null,
    after_tx bigint not null,
    after_id uuid not null,
    to_tx bigint not null,
    to_id uuid not null,
    rows int not null check (rows > 0),
    total bigint not null,                  -- rows sealed so far, these included
    first_at timestamptz not null,          -- the oldest and the youngest `at` of its rows
    last_at timestamptz not null,
    sealed_at timestamptz not null,
    leaves bytea not null,                  -- SHA-256 over its leaves
    public_key bytea not null,              -- Ed25519
    digest bytea not null unique,           -- SHA-256 over all of the above
    signature bytea not null,               -- Ed25519 over the digest
    check ((after_tx, after_id) < (to_tx, to_id))
);
create index trail_seal_by_cluster on trail_seal (cluster, seq);

-- For each row of a seal its id and its SHA-256, so that a changed row can be named.
create table trail_leaf (
    seq bigint primary key references trail_seal,
    leaves bytea not null
);
alter table trail_leaf alter column leaves set storage external;

-- Whole seals whose rows were old enough to go; the seals themselves stay.
create table trail_drop (
    first_seq bigint primary key,
    last_seq bigint not null unique,
    rows bigint not null,
    months int not null check (months >= 12),
    dropped_at timestamptz not null,
    signature bytea not null,
    check (first_seq <= last_seq)
);

-- Columns whose values the database gives by itself: the application may not choose them.
alter table append_only add column given text[] not null default '{}';
update append_only set given = '{cluster,tx}' where name = 'trail';
insert into append_only (name) values ('trail_seal'), ('trail_leaf'), ('trail_drop');

-- The only way a row leaves the trail. The application asks; the age is judged here, by the rows
-- themselves and the server's clock, never less than the twelve months of QCVN 12:2026/BCA.
create function drop_sealed_trail(
    first bigint, last bigint, keep_months int, at_moment timestamptz, signed bytea
) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    too_young timestamptz := now() - make_interval(months => keep_months);
    one trail_seal;
    here bigint;
    gone bigint := 0;
begin
    if keep_months < 12 then
        raise insufficient_privilege using message = 'the trail is kept for twelve months at least';
    end if;
    if first is distinct from coalesce((select max(last_seq) from trail_drop), 0) + 1
       or last >= (select max(seq) from trail_seal) then
        raise insufficient_privilege using message = 'only the oldest seals may go, never the last';
    end if;
    for one in select * from trail_seal where seq between first and last order by seq loop
        if exists (select from trail t where t.cluster = one.cluster
                   and (t.tx, t.id) > (one.after_tx, one.after_id)
                   and (t.tx, t.id) <= (one.to_tx, one.to_id) and t.at >= too_young) then
            raise insufficient_privilege using message = 'a row is too young to go';
        end if;
        delete from trail t where t.cluster = one.cluster
            and (t.tx, t.id) > (one.after_tx, one.after_id)
            and (t.tx, t.id) <= (one.to_tx, one.to_id);
        get diagnostics here = row_count;
        gone := gone + here;
    end loop;
    delete from trail_leaf where seq between first and last;
    insert into trail_drop (first_seq, last_seq, rows, months, dropped_at, signature)
    values (first, last, gone, keep_months, at_moment, signed);
    return gone;
end $$;
