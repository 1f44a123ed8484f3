# The verbs of customer360, in the order of the flow. Each sets up what it needs; `make run` is the one to start with.
#   make run DATA=folder      your own data instead of the demo        AS_OF=2025-12-31  stand at an earlier day
#   make run CUSTOMERS=500    a smaller demo (also SEED=7, MESS=2)     PYTHON=python3.12 the interpreter for .venv

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
DATA ?=
AS_OF ?=
CUSTOMERS ?=
SEED ?=
MESS ?=
OUT ?=
DAY ?=
DAYS ?=
ARGS ?=
FORCE ?=
ROLE ?=
KEY ?=
A ?=
B ?=
FILE ?=
FROM ?=
PROFILES ?=
CUT ?=
UNTIL ?=
PII ?=
PARQUET ?=

BIN := .venv/bin
C360 := $(BIN)/python -m customer360
# Quoted, so that folders may have blanks in their names.
data := $(if $(DATA),--data "$(DATA)")
demo := $(if $(CUSTOMERS),--customers "$(CUSTOMERS)") $(if $(SEED),--seed "$(SEED)") $(if $(MESS),--mess "$(MESS)")
# A process a core; the tests of a file stay together, since they share what took time to build.
per_core := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
asof := $(if $(AS_OF),--as-of "$(AS_OF)")

# Nothing phones home.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export PYTHONUTF8 := 1

.PHONY: help setup run run-cli generate evaluate evaluate-predictions evaluate-identity evaluate-keys evaluate-quality bench-generate generator-docs inspect \
        land-one quarantine quarantine-replay audit fit who why guards review airflow dbt export dashboard docs up down status psql rights \
        backup restore upgrade env compose-up \
        test test-long lint audit-deps fuzz corpora bench-pollution bench-land bench-export bench-marts bench-dashboard bench contract powerbi \
        screenshots readme errors dialling-numbers schema \
        lock tools splink clean reset

help:  ## this text
	@echo "customer360: messy customer data in, one trustworthy row per person out"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@sed -n '2,3s/^#/ /p' $(MAKEFILE_LIST)

setup:  ## make .venv from the lock, when it is missing or stale (every verb does this first)
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "error: no $(PYTHON) on the PATH; customer360 needs Python 3.11, 3.12 or 3.13" >&2; exit 1; }
	@"$(PYTHON)" customer360/bootstrap.py .venv requirements.txt

run: setup  ## the whole pipeline through Airflow: demo data, or DATA=folder
	@$(C360) run $(data) $(asof) $(demo)

run-cli: setup  ## the same verbs in the same order without Airflow
	@$(C360) run-cli $(data) $(asof) $(demo)

generate: setup  ## write messy demo data: CUSTOMERS= SEED= MESS= DAYS= OUT=folder; DAY=2026-07-01 adds the next day
	@$(BIN)/python -m data_generators $(demo) $(if $(DAYS),--days "$(DAYS)") $(if $(DAY),--day "$(DAY)") --out "$(or $(OUT),.c360/generated)"

evaluate-predictions: setup  ## docs/evaluation.md: predictions against what happened; DATA=folder CUT=2026-01-01 for your own
	@$(C360) evaluate-predictions $(data) $(if $(CUT),--cut "$(CUT)") $(if $(UNTIL),--until "$(UNTIL)")

evaluate-identity: setup splink  ## docs/identity.md: who is who against the truth, keys and Splink; DATA=folder with truth/
	@$(C360) evaluate-identity $(data)

evaluate-quality: setup  ## docs/data_quality.md: the faults found against those that were made; DATA=folder with truth/
	@$(C360) evaluate-quality $(data)

evaluate: evaluate-keys evaluate-identity evaluate-quality evaluate-predictions  ## all four

evaluate-keys: setup  ## how far exact keys get on the demo's duplicates (DATA=folder, SEED=), and the hard negatives
	@$(BIN)/python -m data_generators.evaluation keys $(data) $(if $(SEED),--seed "$(SEED)")

bench-generate: setup  ## customer records per second beside one Faker call a field, and memory: CUSTOMERS=1000000
	@$(BIN)/python -m data_generators.evaluation bench $(if $(CUSTOMERS),--customers "$(CUSTOMERS)") $(ARGS)

generator-docs: setup  ## docs/generator.md and its picture, measured anew
	@$(BIN)/python -m data_generators.evaluation docs

inspect: setup  ## how a file is written, what its columns seem to mean, a sources.yml: FILE=some.csv [OUT=sources.yml]
	@$(C360) inspect $(if $(OUT),--out "$(OUT)") "$(FILE)"

land-one: setup  ## what landing would put into raw, without a database: FILE=x OUT=y.csv, or two folders
	@$(C360) land-one "$(FILE)" "$(OUT)"

quarantine: setup  ## what could not be landed, by reason, with examples
	@$(C360) quarantine $(data)

quarantine-replay: setup  ## try it again after sources.yml was mended or records were corrected
	@$(C360) quarantine-replay $(data)

audit: setup  ## the last runs, and what became of every line
	@$(C360) audit $(data)

fit: setup  ## fit match weights and predictions on the folder's own data (DATA=folder); later runs on it use them
	@$(C360) fit $(data) $(asof)

who: setup  ## the life of a customer key: KEY=1234, or KEY=crm:123
	@$(C360) who $(data) -- "$(KEY)"

why: setup  ## why two records are one customer, or what is missing: A=crm:123 B=shop:9
	@$(C360) why $(data) -- "$(A)" "$(B)"

guards: setup  ## what kept records apart (crowds, groups that were cut), and customers that contradict themselves
	@$(C360) guards $(data)

review: setup  ## decide pairs that the scores leave open; decisions go to the folder's identity_overrides.csv
	@$(C360) review $(data)

airflow: setup  ## start Airflow and keep it up; prints where its UI is
	@$(C360) airflow

dbt: setup  ## run dbt on the warehouse: ARGS="build -s +customer_rfm"
	@$(C360) dbt $(data) -- $(ARGS)

export: setup  ## write the published marts to exports/csv again: PII=mask or PII=omit, PARQUET=1
	@$(C360) export $(data) $(if $(PII),--pii "$(PII)") $(if $(PARQUET),--parquet)

dashboard: setup  ## write exports/dashboard.html from the published marts again: PII=keep or PII=omit (else masked)
	@$(C360) dashboard $(data) $(if $(PII),--pii "$(PII)")

docs: setup  ## write exports/catalogue.html: every model, column, test and the lineage, in one file (dbt docs)
	@$(C360) docs $(data)

up: setup  ## start the warehouse server
	@$(C360) up

down: setup  ## stop Airflow and the warehouse server
	@$(C360) down

status: setup  ## what is running, and the last runs
	@$(C360) status $(data)

psql: setup  ## open psql on the marts, personal data masked: ARGS="-c 'select ...'"; ROLE=analyst_pii or loader sees more
	@$(C360) psql $(data) $(if $(ROLE),--role $(ROLE)) -- $(ARGS)

rights: setup  ## who may do what in the database
	@$(C360) rights $(data)

backup: setup  ## write the database of the data folder to a file: DATA=folder FILE=some.dump
	@$(C360) backup $(data) $(if $(FILE),--file "$(FILE)")

restore: setup  ## put a backup in the place of its database (asks, or FORCE=1): FILE=some.dump [DATA=folder]
	@$(C360) restore $(data) $(if $(FORCE),--force) "$(FILE)"

upgrade: setup  ## after an update that brings a new major version of PostgreSQL: FROM=folder of the old programs
	@$(C360) upgrade $(if $(FROM),--from "$(FROM)")

env: setup  ## write .env for dbt and other tools, and print how to read it
	@$(C360) env $(data)

compose-up: setup  ## the same in Docker: writes .env, builds the image, starts it; PROFILES="mongodb minio"
	@$(C360) compose-up $(foreach profile,$(PROFILES),--profile $(profile))

test: setup lint  ## what has to pass: lint, types, unit tests, dbt, the DAG, a whole run through Airflow
	@$(BIN)/python -m pytest -m "not long" $(per_core) --cov --cov-report=term:skip-covered $(ARGS)

test-long: setup  ## what takes longer: killed processes, two clones at once
	@$(BIN)/python -m pytest -m long $(ARGS)

lint: setup tools  ## ruff, mypy, sqlfluff
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@cd dbt_project && ../.venv-tools/bin/sqlfluff lint --disable-progress-bar --processes 2 models tests

audit-deps: setup tools  ## known vulnerabilities of what is locked; ends with 3 where no advisory source can be asked
	@$(BIN)/python -m tests.lint.audit_deps $(ARGS)

fuzz: setup  ## mutate files: no line may be lost: ARGS="--seed 7 --count 100000"
	@$(BIN)/python -m tests.landing.mutations $(ARGS)

corpora: setup  ## docs/landing.md: what becomes of every file of the public collections
	@$(BIN)/python -m tests.landing.corpora

bench-pollution: setup  ## ten measures over spoilt files, as Pollock takes them: ARGS="--write" for docs/landing.md
	@$(BIN)/python -m tests.landing.pollution $(ARGS)

bench-land: setup  ## rows per second of landing beside bare COPY
	@$(BIN)/python -m tests.bench.landing $(ARGS)

bench-export: setup  ## rows per second of an export beside bare COPY TO
	@$(BIN)/python -m tests.bench.exporting $(ARGS)

bench-marts: setup  ## the marts of a million customers beside DuckDB with the same SQL: ARGS="--docs" for docs/marts.md
	@$(BIN)/python -m tests.bench.marts $(ARGS)

bench-identity: setup splink  ## who is who for a million records beside Splink, time and F1: ARGS="--customers 100000 --smaller 0"
	@$(BIN)/python -m tests.bench.identity $(ARGS)

bench-dashboard: setup  ## seconds to the first paint of exports/dashboard.html, and to its charts
	@$(BIN)/python -m tests.bench.dashboard

bench: setup  ## the budgets: seconds of a warm run, with and without Airflow
	@$(BIN)/python -m tests.bench.budgets

contract: setup  ## docs/contract.md, from the contracts of the marts
	@$(C360) contract

powerbi: setup  ## exports/powerbi, from the contracts of the marts and the spec in customer360/powerbi
	@$(C360) powerbi

screenshots: setup  ## docs/pictures of the dashboard and of one customer's journey, after make run
	@$(BIN)/python -m tests.dashboard.screenshots

readme: setup  ## the README's tables of figures, from the pages in docs and the demo, after make run: ARGS=--check
	@$(BIN)/python -m tests.e2e.readme_figures $(ARGS)

errors: setup  ## docs/errors.md, from what the commands print now
	@$(BIN)/python -m tests.e2e.error_cases

dialling-numbers: setup  ## the seed dialling_numbers, from what libphonenumber calls valid
	@$(BIN)/python -m tests.dbt.dialling_numbers

schema: setup  ## customer360/sources/sources.schema.json, from the canonical fields
	@$(BIN)/python -c "from customer360.sources.schema import write_schema; write_schema()"

lock: tools  ## requirements.txt from requirements.in, with hashes
	@for folder in . tests/lint customer360/evaluation/peers; do .venv-tools/bin/uv pip compile --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet $$folder/requirements.in -o $$folder/requirements.txt || exit 1; done

# What cannot share an environment with dbt (pathspec) and Airflow.
tools:
	@"$(PYTHON)" customer360/bootstrap.py .venv-tools tests/lint/requirements.txt

# The engine that identity resolution is measured against.
splink:
	@"$(PYTHON)" customer360/bootstrap.py .venv-splink customer360/evaluation/peers/requirements.txt

clean:  ## delete caches and what builds leave behind; data and .venv stay
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage coverage.xml
	@rm -rf dbt_project/target dbt_project/logs dbt_project/dbt_packages dbt_project/package-lock.yml logs

reset: setup  ## delete all data, keys, secrets and exports of this clone (asks, or FORCE=1)
	@$(C360) reset $(if $(FORCE),--force)
