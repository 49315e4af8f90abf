-- Tenants that joined another one (hợp nhất). What people and machines hold of them names their
-- addresses, their short name or their key; for ever it leads to the tenant that took them over.
-- Rows name tenants without a foreign key: what is held outlives the registry row of who joined.

create table takeover (
    id uuid primary key,
    joined_id uuid not null,
    joined_slug text not null,              -- providers call back by it
    joined_name text not null,              -- as its pages said it
    into_id uuid not null,
    hosts text[] not null check (cardinality(hosts) > 0),   -- its primary one first
    at timestamptz not null,                -- from when on, as people are told
    taken_at timestamptz not null,          -- sessions begun before are over
    sealed bytea,                           -- its key, which what it signed is checked by
    given_back_at timestamptz,
    check (joined_id <> into_id),
    check ((given_back_at is null) = (sealed is not null))
);
create unique index takeover_in_force on takeover (joined_id) where given_back_at is null;
create index takeover_by_into on takeover (into_id);

-- Issuers of who joined are trusted by who took over, under the callback the issuer knows.
alter table issuer
    add column takeover_id uuid references takeover on delete cascade,
    add column callback_host text,
    add check ((takeover_id is null) = (callback_host is null));
create index issuer_by_takeover on issuer (takeover_id) where takeover_id is not null;

-- Nobody else gets an address or a short name that people still hold.
create function refuse_old_address() returns trigger language plpgsql as $$
begin
    if exists (select from takeover where given_back_at is null
               and joined_id <> new.tenant_id and new.host = any(hosts)) then
        raise unique_violation using message = 'the address of a tenant that joined another';
    end if;
    return new;
end $$;
create trigger tenant_domain_old before insert or update on tenant_domain
    for each row execute function refuse_old_address();

create function refuse_old_slug() returns trigger language plpgsql as $$
begin
    if exists (select from takeover where given_back_at is null
               and joined_id <> new.id and joined_slug = new.slug) then
        raise unique_violation using message = 'the name of a tenant that joined another';
    end if;
    return new;
end $$;
create trigger tenant_old before insert on tenant
    for each row execute function refuse_old_slug();

-- With a tenant goes what leads to it, unless that leads on to another.
create function forget_takeovers() returns trigger language plpgsql as $$
begin
    if not exists (select from takeover where joined_id = old.id and given_back_at is null) then
        with recursive led as (
            select id, joined_id from takeover where into_id = old.id
            union
            select t.id, t.joined_id from takeover t join led on t.into_id = led.joined_id
            where not exists (select from tenant where id = led.joined_id)
        )
        delete from takeover where id in (select id from led);
    end if;
    return null;
end $$;
create trigger tenant_takeovers after delete on tenant
    for each row execute function forget_takeovers();
