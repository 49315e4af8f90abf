-- Once for each cluster, by its owner in the database `pgbouncer` made for it: what PgBouncer may
-- ask. It learns the salted digests of the product's own roles and of nobody else.
create role pgbouncer login password :'password';
revoke all on database pgbouncer from public;
grant connect on database pgbouncer to pgbouncer;
create function pgbouncer_lookup(name text) returns table (who text, digest text)
language sql security definer set search_path = pg_catalog as $$
select rolname::text, rolpassword from pg_authid
where rolname = name and rolname like 'motcua%' and rolcanlogin
  and not (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)
$$;
revoke all on function pgbouncer_lookup(text) from public;
grant execute on function pgbouncer_lookup(text) to pgbouncer;
