-- The law of rows: a line that cannot be landed is here, byte for byte, with the reason.

create table if not exists quarantine.rows (
    batch_id bigint not null references audit.batches (batch_id),
    line_number bigint not null,
    lines bigint not null default 1,
    byte_offset bigint not null,
    column_name text,
    reason_code text not null,
    message text not null,
    content bytea not null,
    replayed_at timestamptz,
    corrected bytea,
    primary key (batch_id, line_number)
);
alter table quarantine.rows owner to c360_loader;
-- Databases of earlier versions get what was added since.
alter table quarantine.rows add column if not exists lines bigint not null default 1;
alter table quarantine.rows add column if not exists replayed_at timestamptz;
alter table quarantine.rows add column if not exists corrected bytea;
comment on table quarantine.rows is 'Records that could not be landed, verbatim.';
comment on column quarantine.rows.line_number is 'First line of the record in its file, counted from 1.';
comment on column quarantine.rows.lines is 'How many lines the record spans.';
comment on column quarantine.rows.byte_offset is 'Where the record starts in its file, counted from 0.';

comment on column quarantine.rows.replayed_at is 'When the record was landed after all; it stays here as evidence.';
comment on column quarantine.rows.corrected is 'What a person put in its place; tried instead of content by the next replay.';

create table if not exists quarantine.files (
    run_id text references audit.runs (run_id),
    source text not null,
    entity text not null,
    file_name text not null,
    sha256 text,
    bytes bigint,
    reason_code text not null,
    message text not null,
    quarantined_at timestamptz not null default clock_timestamp()
);
alter table quarantine.files owner to c360_loader;
comment on table quarantine.files is 'Files that could not be read at all.';
