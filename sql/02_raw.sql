-- What sources.yml of the data folder declares for the models. The raw tables and the views raw.all_<entity>
-- are made by landing, from the files and from sources.yml.

create table if not exists raw.data_folder (
    only_row boolean primary key default true check (only_row),
    path text not null,
    as_of_date date,
    reporting_currency text,
    horizons_days integer[] not null,
    landed_at timestamptz not null
);
alter table raw.data_folder owner to c360_loader;
comment on table raw.data_folder is 'One row: the data folder of this database and what its sources.yml declares.';
comment on column raw.data_folder.as_of_date is 'Declared as-of date; null: derived from the data.';
comment on column raw.data_folder.reporting_currency is 'Declared currency of all money; null: the most frequent.';
comment on column raw.data_folder.horizons_days is 'Days ahead for which predictions are made.';

create table if not exists raw.folder_seeds (
    seed text not null,
    row_number integer not null,
    row_values jsonb not null,
    primary key (seed, row_number)
);
alter table raw.folder_seeds owner to c360_loader;
comment on table raw.folder_seeds is 'Rows of seeds that the data folder brings along: what was fitted on its data, and what people decided about it. Where a seed has any, the shipped seed of that name yields or is added to.';
comment on column raw.folder_seeds.row_values is 'One object: texts by column name; an empty cell is null.';
