-- Tables the application may only add to: its role gets neither update nor delete on them.
create table append_only (
    name text primary key
);
