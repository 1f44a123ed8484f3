-- What was published, or would have been, for each day that runs stood at: figures that no later run changes.

create schema if not exists history authorization c360_transformer;
comment on schema history is 'Figures of each as-of date, kept from run to run.';

create table if not exists history.segment_summary (
    as_of_date date not null,
    segment text not null,
    customers bigint not null,
    revenue numeric not null,
    run_id text not null references audit.runs (run_id),
    kept_at timestamptz not null default clock_timestamp(),
    primary key (as_of_date, segment)
);
alter table history.segment_summary owner to c360_transformer;
comment on table history.segment_summary is
'Customers and revenue by segment as the last run that stood at a day found them, backfills included.';

create or replace function history.keep(this_run text) returns void
language plpgsql
set search_path = ''
as $$
begin
    if to_regclass('warehouse_next.segment_summary') is null then
        return;
    end if;
    delete from history.segment_summary as h
    using staging.stg_run_settings as s
    where h.as_of_date = s.as_of_date;

    insert into history.segment_summary (as_of_date, segment, customers, revenue, run_id)
    select s.as_of_date, m.segment, m.customers, m.revenue, this_run
    from warehouse_next.segment_summary as m
    cross join staging.stg_run_settings as s;
end
$$;
alter function history.keep(text) owner to c360_transformer;
revoke all on function history.keep(text) from public;
comment on function history.keep(text) is 'Takes the figures of the marts that are built into the history of their as-of date.';
grant usage on schema history to c360_reader, c360_analyst_pii;
grant select on history.segment_summary to c360_reader, c360_analyst_pii;
