-- Another province's data taken in (hợp nhất dữ liệu) by a merger of provinces.

-- Which one, when, and under which plan. Its own database stays as it was, closed: with what is
-- noted here its part can be told apart again.
create table merger (
    id uuid primary key,
    joined_id uuid not null unique,         -- whose data it was
    joined_slug text not null,
    joined_name text not null,
    plan_digest bytea not null check (length(plan_digest) = 32),
    shifts jsonb not null default '{}',     -- what was added to numbers the database gives
    at timestamptz not null
);

-- Rows that are not here as they were there: those that have become a row of ours, those that were
-- left behind, and those with another value in some column. All others came as they were. While two
-- part, who had joined notes here what it was given and had never had: the merger is not noted there.
create table merged_row (
    merger_id uuid not null,
    table_name text not null,
    old_key text not null,                  -- the key there
    new_key text,                           -- the key of the row here; null: it was left behind
    moved boolean not null,                 -- it came along
    written jsonb,                          -- the columns that were written otherwise
    primary key (merger_id, table_name, old_key)
);

-- Counters that went on from the higher of two numbers, as they stood before.
create table merged_counter (
    merger_id uuid not null references merger,
    prefix text not null,
    on_day date not null,
    ours int,                               -- null: there was none
    primary key (merger_id, prefix, on_day)
);

-- The sealed trail that came along, apart from our own: two chains do not become one.
create table joined_trail (
    joined_id uuid not null,
    like trail,
    primary key (joined_id, id)
);
create index joined_trail_by_subject on joined_trail (subject_kind, subject_id, at);
create index joined_trail_by_time on joined_trail (at);
create index joined_trail_by_actor on joined_trail (actor_id, at) where actor_id is not null;
create index joined_trail_by_position on joined_trail (joined_id, cluster, tx, id);

create table joined_trail_seal (
    joined_id uuid not null,
    like trail_seal,
    primary key (joined_id, seq)
);
create index joined_trail_seal_by_cluster on joined_trail_seal (joined_id, cluster, seq);

create table joined_trail_leaf (
    joined_id uuid not null,
    like trail_leaf including storage,
    primary key (joined_id, seq)
);

create table joined_trail_drop (
    joined_id uuid not null,
    like trail_drop,
    primary key (joined_id, first_seq)
);
insert into append_only (name) values ('merger'), ('merged_row'), ('merged_counter'),
    ('joined_trail'), ('joined_trail_seal'), ('joined_trail_leaf'), ('joined_trail_drop'), ('whole_trail');

-- What was done on a subject, here and before it came here.
create view whole_trail as
    select id, at, actor_kind, actor_id, actor_name, on_behalf_of, act, subject_kind, subject_id,
           detail, basis, request_id, address, port, cluster, tx, null::uuid as joined_id
    from trail
    union all
    select id, at, actor_kind, actor_id, actor_name, on_behalf_of, act, subject_kind, subject_id,
           detail, basis, request_id, address, port, cluster, tx, joined_id
    from joined_trail;

-- One joined trail under the names of our own, for whoever verifies it: `motcua.joined` says which.
create schema joined;
create view joined.trail as select * from public.joined_trail
    where joined_id = current_setting('motcua.joined')::uuid;
create view joined.trail_seal as select * from public.joined_trail_seal
    where joined_id = current_setting('motcua.joined')::uuid;
create view joined.trail_leaf as select * from public.joined_trail_leaf
    where joined_id = current_setting('motcua.joined')::uuid;
create view joined.trail_drop as select * from public.joined_trail_drop
    where joined_id = current_setting('motcua.joined')::uuid;
