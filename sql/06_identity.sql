-- The keys of customers outlive every rebuild: what was decided about them is kept here, and only added to.

create schema if not exists identity authorization c360_transformer;
comment on schema identity is 'The durable memory of customer keys: which exist, whose they are, what became of them.';

create table if not exists identity.changes (
    change_number bigint primary key,
    run_id text not null,
    as_of_date date not null,
    kept_at timestamptz not null default clock_timestamp()
);
alter table identity.changes owner to c360_transformer;
comment on table identity.changes is 'One row for each run that changed anything below, numbered from 1.';
comment on column identity.changes.run_id is 'The run in audit.runs, or the invocation of dbt from the shell.';
comment on column identity.changes.as_of_date is 'The as-of date of that run: a run of an earlier day sees the memory as it was then.';

create table if not exists identity.keys (
    customer_key bigint primary key check (customer_key between 0 and 9007199254740991),
    founding_record_id text not null,
    founded_at timestamp,
    born_change bigint not null references identity.changes (change_number)
);
alter table identity.keys owner to c360_transformer;
create index if not exists keys_founding_record_id on identity.keys (founding_record_id);
comment on table identity.keys is 'Every key ever given, once: a key never denotes anybody else.';
comment on column identity.keys.founding_record_id is 'The record that the key was made from: the oldest of the customer at that time.';

create table if not exists identity.record_keys (
    record_id text not null,
    customer_key bigint not null references identity.keys (customer_key),
    from_change bigint not null references identity.changes (change_number),
    until_change bigint references identity.changes (change_number) check (until_change > from_change),
    primary key (record_id, from_change)
);
alter table identity.record_keys owner to c360_transformer;
create unique index if not exists record_keys_now on identity.record_keys (record_id) where until_change is null;
create index if not exists record_keys_customer_key on identity.record_keys (customer_key);
comment on table identity.record_keys is 'Whose each record was, from which change until before which; null: until now.';

create table if not exists identity.history (
    change_number bigint not null references identity.changes (change_number),
    event_number bigint not null,
    customer_key bigint not null references identity.keys (customer_key),
    event text not null check (event in ('born', 'merged', 'split', 'moved', 'erased')),
    other_customer_key bigint references identity.keys (customer_key),
    records bigint not null,
    reason text not null,
    primary key (change_number, event_number)
);
alter table identity.history owner to c360_transformer;
create index if not exists history_customer_key on identity.history (customer_key);
create index if not exists history_other_customer_key on identity.history (other_customer_key);
comment on table identity.history is 'What happened to keys, append-only.';

create or replace function identity.keep_changes(this_run text) returns bigint
language plpgsql
set search_path = ''
as $$
declare
    kept bigint;
    pending bigint;
    gone bigint;
    born bigint;
    come bigint;
    told bigint;
begin
    lock table identity.changes in share row exclusive mode;
    select coalesce(max(c.change_number), 0) into kept from identity.changes as c;
    select max(p.change_number) into pending
    from (
        select k.change_number from intermediate.int_identity_keys as k
        union all
        select h.change_number from intermediate.int_identity_changes as h
    ) as p;

    -- A look back at an earlier day has nothing to keep; a retry, and marts built anew from the same models, have kept it.
    if pending is null or pending = kept then
        return 0;
    end if;
    if pending <> kept + 1 then
        raise exception 'the keys of customers have changed since these were assigned'
            using errcode = 'serialization_failure', hint = 'run again';
    end if;

    insert into identity.changes (change_number, run_id, as_of_date)
    select pending, this_run, s.as_of_date from staging.stg_run_settings as s;

    update identity.record_keys as r
    set until_change = pending
    where
        r.until_change is null
        and not exists (
            select from intermediate.int_customer_identity as i
            where i.record_id = r.record_id and i.customer_key = r.customer_key
        );
    get diagnostics gone = row_count;

    insert into identity.keys (customer_key, founding_record_id, founded_at, born_change)
    select k.customer_key, k.founding_record_id, k.founded_at, pending
    from intermediate.int_identity_keys as k
    where k.is_new;
    get diagnostics born = row_count;

    insert into identity.record_keys (record_id, customer_key, from_change)
    select i.record_id, i.customer_key, pending
    from intermediate.int_customer_identity as i
    where not exists (
        select from identity.record_keys as r where r.record_id = i.record_id and r.until_change is null
    );
    get diagnostics come = row_count;

    insert into identity.history (change_number, event_number, customer_key, event, other_customer_key, records, reason)
    select pending, h.event_number, h.customer_key, h.event, h.other_customer_key, h.records, h.reason
    from intermediate.int_identity_changes as h;
    get diagnostics told = row_count;

    if gone + born + come + told = 0 then
        delete from identity.changes as c where c.change_number = pending;
    end if;
    return told;
end
$$;
alter function identity.keep_changes(text) owner to c360_transformer;
revoke all on function identity.keep_changes(text) from public;
comment on function identity.keep_changes(text) is
'Keeps what the models found about keys (intermediate.int_identity_keys, int_customer_identity, int_identity_changes), once for each run; returns the number of events.';
