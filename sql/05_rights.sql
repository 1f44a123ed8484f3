-- Who may do what. Each stage connects with its own role; nothing is granted to public.

do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to c360_loader, c360_transformer, c360_reader, c360_analyst_pii', current_database()
    );
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

-- Those who may see who a person is read the published marts, all of them. The right to the schema moves with its name
-- when marts are published.
grant usage on schema warehouse to c360_analyst_pii;
grant select on all tables in schema warehouse to c360_analyst_pii;
alter default privileges for role c360_transformer in schema warehouse grant select on tables to c360_analyst_pii;
alter default privileges for role c360_transformer in schema warehouse_next grant select on tables to c360_analyst_pii;

-- Other readers get no right to a table by default: dbt grants what holds no personal data, and masks the rest, in the
-- transaction that makes a mart (macros/dialect/open_to_readers.sql).
grant usage on schema warehouse to c360_reader;
-- Databases of earlier versions gave readers everything.
do $$
begin
    if exists (select from pg_default_acl, aclexplode(defaclacl) where grantee = 'c360_reader'::regrole) then
        alter default privileges for role c360_transformer in schema warehouse revoke select on tables from c360_reader;
        alter default privileges for role c360_transformer in schema warehouse_next revoke select on tables from c360_reader;
        if to_regclass('warehouse.dim_customers') is not null then
            revoke select on warehouse.dim_customers from c360_reader;
        end if;
    end if;
end
$$;
