-- The audit trail: who ran what on which files, and what became of every line.

create table if not exists audit.runs (
    run_id text primary key,
    trigger text not null,
    data_folder text not null,
    as_of_date date,
    code_version text not null,
    status text not null default 'running' check (status in ('running', 'succeeded', 'failed')),
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    summary jsonb not null default '{}'
);
comment on table audit.runs is 'One row for each run of the pipeline.';
comment on column audit.runs.trigger is 'What started the run: airflow (a person, the schedule, a backfill), or the command in a shell.';
comment on column audit.runs.as_of_date is 'The day that the run stands at: asked for, else what the data folder declares or the data say; null before that is known.';

create table if not exists audit.stages (
    run_id text not null references audit.runs (run_id),
    stage text not null,
    started_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp(),
    status text not null check (status in ('succeeded', 'failed')),
    detail jsonb not null default '{}'
);
create index if not exists stages_run_id on audit.stages (run_id);
comment on table audit.stages is 'One row for each attempt at a stage of a run, with its figures.';

create table if not exists audit.publications (
    publication_id bigint generated always as identity primary key,
    run_id text not null references audit.runs (run_id),
    as_of_date date not null,
    reporting_currency text not null,
    marts integer not null,
    published_at timestamptz not null default clock_timestamp()
);
comment on table audit.publications is
'One row for each time that marts were swapped in, in that transaction; the newest says what readers see.';

create table if not exists audit.batches (
    batch_id bigint generated always as identity primary key,
    run_id text references audit.runs (run_id),
    source text not null,
    entity text not null,
    file_name text not null,
    file_sort_key text collate "C" not null,
    sha256 text not null,
    bytes bigint not null,
    same_as bigint references audit.batches (batch_id),
    lines_read bigint not null,
    header_lines bigint not null,
    blank_lines bigint not null,
    landed_lines bigint not null,
    quarantined_lines bigint not null,
    rows_landed bigint not null,
    rows_quarantined bigint not null,
    started_at timestamptz not null,
    finished_at timestamptz not null default clock_timestamp(),
    preamble_lines bigint not null default 0,
    footer_lines bigint not null default 0,
    read_as jsonb not null default '{}',
    constraint every_line_is_accounted_for check (
        lines_read = preamble_lines + header_lines + blank_lines + landed_lines + quarantined_lines + footer_lines
    )
);
-- Databases of earlier versions get what was added since.
alter table audit.batches add column if not exists preamble_lines bigint not null default 0;
alter table audit.batches add column if not exists footer_lines bigint not null default 0;
alter table audit.batches add column if not exists read_as jsonb not null default '{}';
do $$
begin
    if not exists (
        select from pg_constraint
        where conrelid = 'audit.batches'::regclass and conname = 'every_line_is_accounted_for'
            and pg_get_constraintdef(oid) like '%footer_lines%'
    ) then
        alter table audit.batches drop constraint if exists every_line_is_accounted_for;
        alter table audit.batches add constraint every_line_is_accounted_for check (
            lines_read = preamble_lines + header_lines + blank_lines + landed_lines + quarantined_lines + footer_lines
        );
    end if;
end
$$;
-- One content lands once for each source and entity, whatever runs at the same time.
create unique index if not exists batches_landed_once
on audit.batches (source, entity, sha256) where same_as is null;
create index if not exists batches_by_name on audit.batches (source, entity, file_name, batch_id);
comment on table audit.batches is 'One row for each file version landed, in the transaction that landed it.';
comment on column audit.batches.file_name is 'Path below the data folder.';
comment on column audit.batches.file_sort_key is 'The file name with its numbers padded, so that text order is natural order.';
comment on column audit.batches.lines_read is 'Counted by itself before anything is parsed. In formats without lines: records.';
comment on column audit.batches.read_as is 'Format, encoding and dialect as detected or declared, and the text of preamble and footers.';
comment on column audit.batches.same_as is 'The earlier batch with the same content, when a file came back to it: no rows of its own.';

create or replace view audit.file_versions as
with
contents as (
    select
        coalesce(same_as, batch_id) as batch_id,
        source,
        entity,
        max(file_sort_key) as file_sort_key,
        max(batch_id) as last_batch_id,
        max(file_name) filter (where same_as is null) as file_name,
        max(started_at) filter (where same_as is null) as loaded_at
    from audit.batches
    group by coalesce(same_as, batch_id), source, entity
),

ranked as (
    select
        batch_id,
        source,
        entity,
        row_number() over (
            partition by source, entity
            order by file_sort_key, last_batch_id
        )::integer as batch_rank,
        row_number() over (
            partition by source, entity
            order by file_sort_key desc, last_batch_id desc
        ) = 1 as is_newest,
        file_name,
        loaded_at
    from contents
)

select
    batch_id,
    source,
    entity,
    batch_rank,
    is_newest,
    file_name,
    loaded_at
from ranked;
comment on view audit.file_versions is
'Order of the landed contents of each source and entity: by file name in natural order, and for one name by arrival.';
