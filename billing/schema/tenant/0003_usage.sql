-- What the tenant used (sử dụng): one row for each countable fact, written in the fact's own
-- transaction. The id is derived from the fact, so a retry or a replay adds nothing.
create table usage_record (
    id text primary key check (length(id) between 1 and 200),
    meter text not null,
    quantity bigint not null check (quantity >= 0),
    subject text not null,                  -- a code or an id, never a person
    occurred_at timestamptz not null,
    recorded_at timestamptz not null
);
create index usage_record_by_time on usage_record (meter, occurred_at);
-- How many days there are: without it the planner expects a sum for each record, and sums by day
-- are made by one process alone.
create statistics usage_record_by_day
    on ((occurred_at at time zone 'Asia/Ho_Chi_Minh')::date) from usage_record;

-- Facts the control plane has not confirmed yet. A list of its own, so that the records
-- themselves are never touched again and finding the next batch stays cheap for ever.
create table usage_pending (
    id text primary key references usage_record
);
insert into append_only (name) values ('usage_record');
