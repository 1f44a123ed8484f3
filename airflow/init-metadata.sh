#!/bin/bash
# Run once by the postgres image on an empty volume: the pipeline and Airflow's metadata have roles of their own, of which
# none is a superuser.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv customer360 CUSTOMER360_DB_PASSWORD
\getenv airflow AIRFLOW_DB_PASSWORD
create role customer360 login createdb createrole password :'customer360';
create role airflow login password :'airflow';
create database customer360 owner customer360;
create database airflow owner airflow;
SQL
