-- Many dossiers at once: an officer's order, and what became of each dossier of it.
create table bulk_order (
    id uuid primary key,
    officer_id uuid not null references officer,
    act text not null check (act in ('receive', 'hand_over', 'assign', 'approve', 'sign_off')),
    choice uuid,                            -- the post or the officer chosen for all
    note text,
    ordered_at timestamptz not null,
    finished_at timestamptz
);
create index bulk_order_by_officer on bulk_order (officer_id, ordered_at desc);
create index bulk_order_open on bulk_order (ordered_at) where finished_at is null;

create table bulk_item (
    order_id uuid not null references bulk_order,
    place smallint not null,
    code text not null,
    version int,                            -- as the officer saw the dossier
    state text not null check (state in ('waiting', 'done', 'refused')),
    message text,                           -- why not, in Vietnamese
    settled_at timestamptz,
    primary key (order_id, place),
    unique (order_id, code),
    check ((state = 'waiting') = (settled_at is null))
);
create index bulk_item_waiting on bulk_item (order_id, place) where state = 'waiting';
