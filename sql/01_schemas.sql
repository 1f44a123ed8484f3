-- The schemas, in the order of the flow, each owned by the role whose stage writes it.
-- The roles themselves belong to the server and are made when it starts.

create schema if not exists raw authorization c360_loader;
comment on schema raw is 'Every landed line as text, append-only, one table for each source and entity, and one view for each entity over all sources.';

create schema if not exists quarantine authorization c360_loader;
comment on schema quarantine is 'What could not be landed, verbatim, with the reason.';

create schema if not exists audit;
comment on schema audit is 'Runs, batches, stages and stored test failures.';

create schema if not exists staging authorization c360_transformer;
comment on schema staging is 'Typed and cleaned, the newest version of each source record; seeds.';

create schema if not exists intermediate authorization c360_transformer;
comment on schema intermediate is 'Identity resolution and what the marts share.';

create schema if not exists warehouse authorization c360_transformer;
comment on schema warehouse is 'The published marts: what readers see.';

create schema if not exists warehouse_next authorization c360_transformer;
comment on schema warehouse_next is 'Marts being built and tested; swapped with warehouse in one transaction.';

-- Functions that compare texts. In a schema of their own, which every session looks into last.
create schema if not exists extensions;
comment on schema extensions is 'What PostgreSQL brings along to compare texts: edit distance, trigrams, sounds, accents.';
create extension if not exists fuzzystrmatch schema extensions;
create extension if not exists pg_trgm schema extensions;
create extension if not exists unaccent schema extensions;
do $$
begin
    execute format('alter database %I set search_path to "$user", public, extensions', current_database());
end
$$;
