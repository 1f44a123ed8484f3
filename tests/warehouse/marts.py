"""What a run leaves in a database, in small."""

# As macros/dialect/open_to_readers.sql leaves them.
MARTS = """
create table {schema}.dim_customers (customer_key bigint, full_name text);
create view {schema}.dim_customers_masked as
select customer_key, left(full_name, 1) as full_name from {schema}.dim_customers;
grant select (customer_key) on {schema}.dim_customers to c360_reader;
grant select on {schema}.dim_customers_masked to c360_reader;
create table {schema}.fct_orders (order_key bigint);
grant select on {schema}.fct_orders to c360_reader;
insert into {schema}.dim_customers values ({run}, 'Anna');
"""
# What a run leaves for its publication to look at.
MODELS = """
create table if not exists staging.stg_run_settings (as_of_date date, reporting_currency text);
create table if not exists intermediate.int_customer_identity (record_id text, customer_key bigint);
create table if not exists intermediate.int_identity_keys
(change_number bigint, customer_key bigint, founding_record_id text, founded_at timestamp, is_new boolean);
create table if not exists intermediate.int_identity_changes
(change_number bigint, event_number bigint, customer_key bigint, event text, other_customer_key bigint, records bigint,
 reason text);
truncate staging.stg_run_settings, intermediate.int_customer_identity;
insert into staging.stg_run_settings values ('2026-06-30', 'EUR');
insert into intermediate.int_customer_identity values ('crm:1', 1);
"""
# What is easily lost or changed on the way through a file.
AWKWARD = """
create unlogged table intermediate.awkward (a text, b bytea, c double precision, d numeric, e jsonb, f timestamptz);
insert into intermediate.awkward values
(E'tab\\t line\\n \\\\ "quote" Ω', '\\x00ff', 'NaN', 'Infinity', '{"a": [1, null]}', 'infinity'),
(null, '', -0.0, 1e-30, null, now());
insert into identity.changes values (1, 'run-1', '2026-06-30');
insert into identity.keys values (1, 'crm:1', null, 1);
insert into identity.record_keys values ('crm:1', 1, 1);
"""
