#!/bin/bash
# Run once by the postgres image on an empty volume: Airflow's metadata has a role and a database of its own.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --set=password="$AIRFLOW_DB_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role airflow login password :'password';
create database airflow owner airflow;
SQL
