-- Who may do what. Each stage connects with its own role; nothing is granted to public.

do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to c360_loader, c360_transformer, c360_reader', current_database());
    -- To publish, the transformer renames its schemas, which needs the right to create them; dbt's unit tests
    -- need temporary tables.
    execute format('grant create, temporary on database %I to c360_transformer', current_database());
end
$$;
revoke all on schema public from public;

-- The loader writes raw and quarantine (it owns both) and keeps the books.
grant usage on schema audit to c360_loader;
grant select, insert, update on audit.runs, audit.stages, audit.batches to c360_loader;
grant select on audit.file_versions, audit.publications to c360_loader;

-- The transformer reads raw, owns what it builds, and stores test failures beside the books.
grant usage on schema raw, quarantine, extensions to c360_transformer;
grant usage, create on schema audit to c360_transformer;
grant select on all tables in schema raw, quarantine to c360_transformer;
alter default privileges for role c360_loader in schema raw grant select on tables to c360_transformer;
alter default privileges for role c360_loader in schema quarantine grant select on tables to c360_transformer;
grant select, insert, update on audit.runs, audit.stages to c360_transformer;
grant select, insert on audit.publications to c360_transformer;
grant select on audit.batches, audit.file_versions to c360_transformer;

-- Readers see the published marts and nothing else. The right moves with the name when marts are published.
grant usage on schema warehouse to c360_reader;
grant select on all tables in schema warehouse to c360_reader;
alter default privileges for role c360_transformer in schema warehouse grant select on tables to c360_reader;
alter default privileges for role c360_transformer in schema warehouse_next grant select on tables to c360_reader;
