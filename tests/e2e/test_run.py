"""The main job, whole: generator, Airflow's real scheduler, landing, dbt, publication, export."""

import csv
import io
import json
import os
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import networkx
import pytest

from customer360.dashboard import write_dashboard
from customer360.dashboard.operations import Freshness, Operations
from customer360.dashboard.tables import Limits
from customer360.export import Pii
from customer360.marts import mart_from_manifest
from customer360.settings import Settings, database_for
from customer360.transform import Dbt, models_of
from customer360.warehouse import Role, Warehouse
from tests.dashboard.reading import (
    BLANK,
    CHANGE,
    CHARTS,
    COUNT,
    FILTERED_PAGES,
    MONEY,
    PAGES,
    POINTS,
    Choice,
    Dashboard,
    chromium,
    expected_measures,
    in_words,
    known_figures,
    looking_at,
    retention_map,
    revenue_by_channel,
    rows_in_words,
    serious_faults,
    without_blanks,
)
from tests.e2e.support import ROOT, Installation, watched_command_lines

CONTRACT = {
    "at_risk_customers.csv",
    "channel_quality.csv",
    "cohort_retention.csv",
    "customer_golden_lineage.csv",
    "customer_health.csv",
    "customer_key_redirects.csv",
    "customer_metrics_advanced.csv",
    "customer_records.csv",
    "customer_rfm.csv",
    "customer_segment_history.csv",
    "data_quality_summary.csv",
    "datapackage.json",
    "dim_customers.csv",
    "dim_date.csv",
    "fct_orders.csv",
    "identity_history.csv",
    "identity_links.csv",
    "identity_review.csv",
    "kpi_summary.csv",
    "manifest.json",
    "revenue_concentration.csv",
    "segment_migration.csv",
    "segment_summary.csv",
}


def source_ids(text: str) -> set[tuple[str, str]]:
    """Source and id of every record of a CSV that has these two columns."""
    return {(row["source"], row["source_customer_id"]) for row in csv.DictReader(io.StringIO(text, newline=""))}


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("run"))
    yield installation
    installation.down()


@pytest.fixture(scope="module")
def command_lines():
    """Of all processes that were seen while the first run went on."""
    return set()


@pytest.fixture(scope="module")
def first(installation, command_lines):
    with watched_command_lines() as seen:
        done = installation.make("run", "CUSTOMERS=500", timeout=420)
    command_lines |= seen
    return done


@pytest.fixture(scope="module")
def again(installation, first):
    """A second run, without Airflow, and the exports' digests before it."""
    before = installation.digests()
    return installation.verb("run-cli", "--customers", "500"), before


def test_make_run_fills_the_exports_and_tells_what_it_did(installation, first):
    assert set(installation.digests()) == CONTRACT
    manifest = installation.manifest()
    assert manifest["as_of_date"] == "2026-06-30"
    records = source_ids(installation.csv("customer_records.csv"))
    (truth,) = (installation.home / "state" / "demo").glob("500-*/truth/records.csv")
    landed = {source for source, _ in records}
    assert {"crm", "shop"} <= landed
    known = {it for it in source_ids(truth.read_text(encoding="utf-8")) if it[0] in landed}
    assert known <= records
    assert {source for source, _ in records - known} <= {"shop"}  # orders of accounts that no customer file holds
    for entry in manifest["files"]:
        assert len(installation.csv(entry["name"]).splitlines()) >= entry["rows"] + 1
    assert re.search(rf"\d+ customers found in {len(records)} customer records", first.stdout)
    assert "dbt_staging" in first.stdout
    assert "Time per stage" in first.stdout


def test_again_without_airflow_lands_nothing_and_gives_the_same_bytes(installation, again):
    done, before = again
    assert "unchanged: 0 rows landed" in done.stdout
    assert not re.search(r"(?<!not )landed: ", done.stdout.replace("unchanged: 0 rows landed", ""))
    # seeds that have not changed since they passed their tests are neither loaded nor tested again
    assert "law_of_money" in done.stdout
    assert "null_words" not in done.stdout
    assert installation.digests() == before


@pytest.fixture(scope="module")
def login(installation, first):
    """Connects to the warehouse in a role."""
    settings = Settings.from_environment(installation.environment)
    (folder,) = (settings.state / "demo").glob("500-*")
    return lambda role: closing(Warehouse(settings).login(role, database_for(folder)).connect())


@pytest.fixture(scope="module")
def marts(login):
    """A connection that may make temporary views over the published marts."""
    with login(Role.TRANSFORMER) as connection:
        yield connection


@pytest.fixture(scope="module")
def written(installation, login, browser, tmp_path_factory):
    """Writes and opens a dashboard of another kind."""
    settings = Settings.from_environment(installation.environment)
    (folder,) = (settings.state / "demo").glob("500-*")
    manifest = Dbt(settings, Warehouse(settings), database_for(folder)).manifest()
    published = [mart_from_manifest(node) for node in models_of(manifest, "marts")]
    facts = {"data_folder": "<b>&amp; </script>", "as_of_date": AS_OF.isoformat(), "reporting_currency": "EUR"}

    def write(role: Role, operations: Operations = BAD_NEWS, **options) -> Dashboard:
        file = tmp_path_factory.mktemp("dashboard") / "it.html"
        with login(role) as connection:
            write_dashboard(connection, published, file, facts, operations, kept_in=settings.state / "kept", **options)
        return Dashboard.opened(browser, file)

    return write


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def dashboard(installation, first, browser):
    opened = Dashboard.opened(browser, installation.exports / "dashboard.html")
    yield opened
    assert opened.faults == []


def _run(status: str, stages: list[tuple[str, str]], **tests) -> dict:
    """A run with a failure that names what nobody else may read."""
    told = {"passed": 0, "warned": {}, "failed": [], **tests}
    summary = {
        "landed": {"rows": 1200, "quarantined": 3, "refused": 1},
        "stages": [{"stage": name, "status": state, "seconds": 1.25, "rows": 1200} for name, state in stages],
        "tests": told,
        "error": "/home/someone/shop: zoe@example.com",
    }
    at = datetime(2026, 9, 1, 3, 0, len(stages), tzinfo=UTC)
    return {
        "run_id": f"<b>{status}", "trigger": "airflow", "status": status, "started_at": at, "as_of_date": None,
        "seconds": None if status == "running" else 61.04, "summary": summary,
    }  # fmt: skip


BAD_NEWS = Operations(
    datetime(2026, 9, 1, 12, tzinfo=UTC),
    (
        _run("running", [("land", "succeeded"), ("dbt_staging", "succeeded")]),
        _run("failed", [("land", "succeeded"), ("dbt_test", "failed")], passed=7, warned={"a": 1}, failed=[{}, {}]),
        _run("failed", []),
    ),
    (
        Freshness("crm.customers", datetime(2026, 8, 20, 12, tzinfo=UTC), 10, timedelta(days=2), timedelta(days=7)),
        Freshness("crm.orders", datetime(2026, 8, 29, 12, tzinfo=UTC), 1000, timedelta(days=2), timedelta(days=7)),
        Freshness("shop.orders", datetime(2026, 9, 1, 11, 30, tzinfo=UTC), 0, timedelta(hours=1), None),
        Freshness("shop.visits", datetime(2020, 9, 1, 12, tzinfo=UTC), 0, None, None),
        Freshness("web.<i>events", None, 0, timedelta(days=2), None),
    ),
)
AS_OF = date(2026, 6, 30)
YEAR = (date(2025, 7, 1), AS_OF)
DAYS = (date(2025, 3, 5), date(2026, 2, 11))
# what the figures of these days are compared with: as many months where they are whole, else as many days
BEFORE = {YEAR: (date(2024, 7, 1), date(2025, 6, 30)), DAYS: (date(2024, 3, 26), date(2025, 3, 4))}
CHOICES = {
    "everything": Choice(),
    "a segment": Choice(segment=("Hibernating",)),
    "two bands": Choice(health=("Fair", "Poor")),
    "a country": Choice(country=("FR",)),
    "an unknown country": Choice(country=(None, "US")),
    "days": Choice(days=DAYS),
    "all at once": Choice(("Hibernating", "Lost", "At Risk"), ("Poor", "Fair"), ("FR", "GB", "DE"), YEAR),
}


@pytest.mark.parametrize("choice", CHOICES.values(), ids=CHOICES)
def test_dashboard_shows_what_sql_says(dashboard, marts, choice):
    """Every measure on every page, and the figures of every chart, under filters."""
    expected = expected_measures(marts, choice, AS_OF)
    for page in FILTERED_PAGES:
        dashboard.go(page, choice)
        assert dashboard.texts("data-glossary") == expected
        shown = dashboard.texts("data-measure")
        assert shown == {name: expected.get(name) for name in shown}
        assert shown or choice.days
    with looking_at(marts, choice, AS_OF) as cursor:
        for page, visuals in CHARTS.items():
            dashboard.go(page, choice)
            for visual, (query, formats) in visuals.items():
                there = rows_in_words(cursor, query, formats)
                assert without_blanks(dashboard.table(visual)) == without_blanks(there), visual
        assert dashboard.table("deep_dive_revenue", "thead") + dashboard.table("deep_dive_revenue") == (
            revenue_by_channel(cursor)
        )
        dashboard.go("marketing", choice)
        assert dashboard.table("marketing_retention", "thead") + dashboard.table("marketing_retention") == (
            retention_map(cursor)
        )


@pytest.mark.parametrize("name", ["days", "all at once"])
def test_dashboard_compares_chosen_days_with_those_before(dashboard, marts, name):
    choice = CHOICES[name]
    now = known_figures(marts, choice, AS_OF)
    before = known_figures(marts, replace(choice, days=BEFORE[choice.days]), AS_OF)
    dashboard.go("overview", choice)
    formats = {"Revenue": MONEY, "Average Order Value": MONEY}
    assert dashboard.texts("data-kpi") == {it: in_words(now[it], formats.get(it, COUNT)) for it in now}
    assert dashboard.texts("data-kpi-change") == {it: in_words(now[it] / before[it] - 1, CHANGE) for it in now}


def test_dashboard_lists_the_customers_that_sql_lists(dashboard, marts):
    choice = CHOICES["all at once"]
    with looking_at(marts, choice, AS_OF) as cursor:
        cursor.execute(
            "select customer_key, segment, health_band, value_at_stake from at_risk_customers order by place limit 20"
        )
        at_risk = [[str(key), *words, in_words(value, MONEY)] for key, *words, value in cursor.fetchall()]
        cursor.execute(
            "select from_segment, to_segment, sum(customers) from segment_migration"
            " where from_segment <> to_segment group by 1, 2"
        )
        moves = {(one, other): in_words(customers, COUNT) for one, other, customers in cursor.fetchall()}
        cursor.execute("select customer_key from customer_rfm order by monetary desc")
        keys = [str(key) for (key,) in cursor.fetchall()]
        cursor.execute("select segment from warehouse.segment_summary order by sort_order")
        segments = [segment for (segment,) in cursor.fetchall()]
    assert at_risk
    assert moves
    dashboard.go("marketing", choice)
    rows = dashboard.table("marketing_at_risk")
    assert [[row[0].partition("#")[2], row[1], row[2], row[8]] for row in rows] == at_risk
    rows = dashboard.table("marketing_migration")
    shown = {(one, other): cell for one, *cells in rows for other, cell in zip(segments, cells, strict=True) if cell}
    assert shown == moves
    dashboard.go("deep_dive", choice)
    rows = dashboard.table("deep_dive_customers")
    assert {row[0].partition("#")[2] for row in rows} <= set(keys[: len(rows) + 5])
    status = dashboard.page.locator('[data-visual="deep_dive_customers"] .status')
    assert status.text_content() == f"1{BLANK}{len(rows)} of {len(keys):,}"
    dashboard.page.get_by_role("searchbox").fill(keys[-1])
    assert [row[0].partition("#")[2] for row in dashboard.table("deep_dive_customers")] == keys[-1:]


def test_dashboard_filters_by_hand_as_by_address(dashboard):
    page = dashboard.page
    dashboard.go("overview")
    page.locator('[data-filter="country"] summary').click()
    page.get_by_label("France").check()
    page.keyboard.press("Escape")
    page.locator("#dates").select_option("Last 12 months")
    assert page.locator("#chosen").text_content() == "Country: France · Dates: 1 Jul 2025 to 30 Jun 2026"
    by_hand = dashboard.texts("data-glossary")
    dashboard.go("overview", Choice(country=("FR",), days=YEAR))
    assert dashboard.texts("data-glossary") == by_hand
    page.get_by_role("button", name="Reset").click()
    assert page.locator("#chosen").text_content() == "All customers, all dates"


def test_dashboard_opens_one_customer(dashboard, installation, marts):
    links = list(csv.DictReader(io.StringIO(installation.csv("identity_links.csv"), newline="")))
    key = links[0]["customer_key"]
    dashboard.go(f"customer/{key}")
    text = dashboard.page.locator("main").inner_text()
    for link in (it for it in links if it["customer_key"] == key):
        assert f"{link['source_1']} {link['source_customer_id_1']} ⟷" in text
        for part in (link["evidence"] or "").split("; "):
            assert part.partition(": ")[2].partition(" (")[0] in text
    with marts.cursor() as cursor:
        cursor.execute(
            "select full_name, email, ltv_actual, last_purchase_date from warehouse.dim_customers"
            " inner join warehouse.customer_metrics_advanced using (customer_key)"
            " inner join warehouse.customer_rfm using (customer_key) where customer_key = %s",
            (key,),
        )
        name, email, value, _ = cursor.fetchone()
        cursor.execute(
            "select source, source_customer_id from warehouse.customer_records where customer_key = %s", (key,)
        )
        records = cursor.fetchall()
    assert in_words(value, MONEY) in text
    assert all(f"{source} {known_as}" in text for source, known_as in records)
    # personal data is masked unless asked for
    assert name not in text
    assert f"{name[0]}***" in text
    assert email is None or email not in installation.exports.joinpath("dashboard.html").read_text(encoding="utf-8")


def test_dashboard_above_its_limit_cuts_the_table_but_no_total(written, marts):
    opened = written(Role.READER, limits=Limits(customers=25, orders=3, days=0))
    for choice in (Choice(), Choice(health=("Poor", "Fair"), days=YEAR)):
        opened.go("deep_dive", choice)
        assert opened.texts("data-glossary") == expected_measures(marts, choice, AS_OF)
    with looking_at(marts, Choice(), AS_OF) as cursor:
        cursor.execute(
            "select count(*) from (select customer_key from at_risk_customers union (select customer_key"
            " from customer_metrics_advanced order by ltv_actual desc, customer_key limit 25)) as those_who_matter"
        )
        (shown,) = cursor.fetchone()
        cursor.execute("select count(*) from dim_customers")
        (everybody,) = cursor.fetchone()
    assert 25 < shown < everybody
    opened.go("deep_dive")
    text = opened.page.locator('[data-visual="deep_dive_customers"]').inner_text()
    assert f"holds the {shown} customers that matter most of {everybody}" in text
    assert f"1{BLANK}25 of {shown}" in text
    opened.page.locator("#from").fill("2025-03-05")
    assert opened.page.locator("#from").input_value() == "2025-03-01"  # there are only whole months
    assert opened.faults == []


def test_dashboard_tells_of_runs_that_failed_and_sources_that_stopped(written):
    opened = written(Role.READER)
    opened.go("operations")
    opened.wait_for_charts()
    none = [BLANK] * 6
    assert opened.table("operations_runs") == [
        ["1 Sept 2026 03:00", "Under way", BLANK, "1,200", "3", "1", *none[:4], "airflow", "<b>running"],
        ["1 Sept 2026 03:00", "Failed", "61.0", "1,200", "3", "1", "7", "1", "2", BLANK, "airflow", "<b>failed"],
        ["1 Sept 2026 03:00", "Failed", "61.0", *none, BLANK, "airflow", "<b>failed"],
    ]
    assert opened.table("operations_sources") == [
        ["crm.customers", "Error", "20 Aug 2026 12:00", "288.0", "48.0", "168.0", "10"],
        ["crm.orders", "Warn", "29 Aug 2026 12:00", "72.0", "48.0", "168.0", "1,000"],
        ["shop.orders", "Fresh", "1 Sept 2026 11:30", "0.5", "1.0", BLANK, "0"],
        ["shop.visits", BLANK, "1 Sept 2020 12:00", "52,584.0", BLANK, BLANK, "0"],
        ["web.<i>events", "Never landed", BLANK, BLANK, "48.0", BLANK, "0"],
    ]
    assert opened.page.locator(".chip.warn").all_text_contents() == [
        "Failed",
        "Failed",
        "Error",
        "Warn",
        "Never landed",
    ]
    # a stage that failed took no time that could be compared
    assert opened.table("operations_seconds", "thead") == [["Run of", "land", "dbt_staging"]]
    assert "someone" not in json.dumps(opened.data())
    assert opened.faults == []
    # the same figures give the same file
    assert written(Role.READER).file.read_bytes() == opened.file.read_bytes()


# SQL of the audit trail for what the page of the runs shows; its last run wrote it, and had not ended.
_MOMENT = "replace(to_char({}, 'FMDD Mon YYYY HH24:MI'), ' Sep ', ' Sept ')"
_RUNS = f"""
select
    {_MOMENT.format("started_at")},
    case when finished_at = max(finished_at) over () then 'Under way' else initcap(status) end,
    case when finished_at < max(finished_at) over () then extract(epoch from finished_at - started_at) end,
    (select coalesce(sum(rows_landed), 0) from audit.batches where batches.run_id = runs.run_id),
    (select coalesce(sum(rows_quarantined), 0) from audit.batches where batches.run_id = runs.run_id),
    (select count(*) from quarantine.files where files.run_id = runs.run_id),
    (select (detail ->> 'passed')::int from audit.stages where stages.run_id = runs.run_id and stage = 'dbt_test'),
    (
        select count(*) from audit.stages, jsonb_object_keys(detail -> 'warned')
        where stages.run_id = runs.run_id and stage = 'dbt_test'
    ),
    0,
    (
        select replace(to_char(as_of_date, 'FMDD Mon YYYY'), ' Sep ', ' Sept ')
        from audit.publications where publications.run_id = runs.run_id
    ),
    trigger,
    run_id
from audit.runs
order by runs.started_at desc
"""
_STAGES = f"""
select
    run_id,
    {_MOMENT.format("runs.started_at")},
    case when stage like 'land %' then 'land' else stage end,
    sum(extract(epoch from stages.finished_at - stages.started_at)),
    case
        when stage like 'land %' then (
            select coalesce(sum(rows_landed), 0) from audit.batches where batches.run_id = runs.run_id
        )
        when stage like 'dbt_%' then (
            select sum((node ->> 'rows')::int)
            from audit.stages as s, jsonb_array_elements(detail -> 'nodes') as node
            where s.run_id = runs.run_id and s.stage = stages.stage
        )
        when stage = 'export' then (
            select sum(value::int) from audit.stages as s, jsonb_each_text(detail -> 'files')
            where s.run_id = runs.run_id and s.stage = 'export'
        )
    end
from audit.runs
inner join audit.stages using (run_id)
where stage <> 'dashboard' or run_id <> (select run_id from audit.runs order by started_at desc limit 1)
group by runs.started_at, run_id, 3, case when stage not like 'land %' then stages.stage end, 5
order by runs.started_at, min(stages.started_at)
"""


def test_dashboard_tells_of_the_runs_what_sql_says(installation, again, login, browser):
    opened = Dashboard.opened(browser, installation.exports / "dashboard.html")
    opened.go("operations", Choice(country=("FR",)))
    read_at = opened.data()["about"]["read_at"]
    with login(Role.LOADER) as connection, connection.cursor() as cursor:
        runs = rows_in_words(cursor, _RUNS, {2: "#,0.0", **dict.fromkeys(range(3, 9), COUNT)})
        cursor.execute(_STAGES)
        stages = cursor.fetchall()
        cursor.execute(
            f"select source || '.' || entity, {_MOMENT.format('max(started_at)')},"
            " extract(epoch from %s::timestamptz - max(started_at)) / 3600, sum(rows_landed), max(started_at)::text"
            " from audit.batches where same_as is null group by 1 order by 1",
            (f"{read_at}+00",),
        )
        sources = cursor.fetchall()
    assert len(runs) >= 2
    assert opened.table("operations_runs") == [[BLANK if it == "None" else it for it in run] for run in runs]

    names = list(dict.fromkeys(name for _, _, name, _, _ in stages))
    for visual, place, format in (("operations_seconds", 3, "#,0.0"), ("operations_rows", 4, COUNT)):
        figures = {(run, name): row[place] for row in stages for run, name in [(row[0], row[2])]}
        shown = [name for name in names if any(it and stage == name for (_, stage), it in figures.items())]
        assert opened.table(visual, "thead") == [["Run of", *shown]]
        assert opened.table(visual) == [
            [started, *(in_words(figures.get((run, name)), format) for name in shown)]
            for run, started in dict.fromkeys((run, started) for run, started, *_ in stages)
        ]
    assert {"land", "dbt_marts", "export"} <= set(shown)

    limits = [in_words(48, POINTS), BLANK]
    assert sorted(opened.table("operations_sources")) == [
        [source, "Fresh", landed, in_words(hours, "#,0.0"), *limits, in_words(rows, COUNT)]
        for source, landed, hours, rows, _ in sources
    ]
    # what is fresh is what dbt calls fresh
    installation.verb("dbt", "source", "freshness")
    (told,) = (installation.home / "state" / "dbt").glob("*/target/sources.json")
    for entity in json.loads(told.read_text(encoding="utf-8"))["results"]:
        of_it = [at for source, *_, at in sources if entity["unique_id"].endswith(f".all_{source.partition('.')[2]}")]
        assert max(of_it)[:19] == entity["max_loaded_at"][:19].replace("T", " ")
        assert entity["status"] == "pass"

    # filters wait for the pages that have them, and nothing says where things lie on the machine
    assert not opened.page.locator("#filters").is_visible()
    assert "filters do not apply" in (opened.page.locator("#chosen").text_content() or "")
    assert opened.texts("data-glossary") == {}
    assert str(installation.home) not in json.dumps(opened.data())
    opened.page.get_by_role("link", name="Executive Overview").click()
    assert opened.page.locator("#chosen").text_content() == "Country: France"
    assert opened.faults == []
    opened.page.close()


HOSTILE = "</script><img src=x onerror=alert(1)>\"'&lt;{{data}}<!--<script>"


@pytest.mark.parametrize("pii", Pii)
def test_dashboard_takes_text_for_text(written, login, pii):
    """Names that are code do nothing; personal data is whole, masked or absent."""
    columns = ("full_name", "organisation_name", "city", "email")
    with login(Role.TRANSFORMER) as connection, connection.cursor() as cursor:
        cursor.execute(f"select customer_key, {', '.join(columns)} from warehouse.dim_customers order by 1 limit 1")
        key, *before = cursor.fetchone()
        change = (
            f"update warehouse.dim_customers set {', '.join(f'{it} = %s' for it in columns)} where customer_key = %s"
        )
        cursor.execute(change, (*[HOSTILE] * 4, key))
        connection.commit()
        try:
            opened = written(Role.ANALYST_PII if pii is Pii.KEEP else Role.READER, pii=pii)
            opened.go(f"customer/{key}")
            name, text = opened.page.locator("h1").inner_text(), opened.page.locator("main").inner_text()
            opened.go("deep_dive")
            opened.wait_for_charts()
            assert opened.faults == []
        finally:
            cursor.execute(change, (*before, key))
            connection.commit()
    masked = HOSTILE[0] + "***"
    assert name == {Pii.KEEP: HOSTILE, Pii.MASK: masked, Pii.OMIT: HOSTILE}[pii]  # an organisation is no person
    assert HOSTILE in text  # the city
    assert ("Full name" in text) == (pii is not Pii.OMIT)
    assert ("***" in text) == (pii is Pii.MASK)


def test_dashboard_can_be_used_by_everybody(dashboard, browser, installation):
    """axe-core finds nothing serious, in light and dark, wide and narrow; nothing is wider than a phone."""
    key = next(csv.DictReader(io.StringIO(installation.csv("identity_links.csv"), newline="")))["customer_key"]
    everywhere = (*PAGES, f"customer/{key}")
    for look, width, paths in (("light", 1280, everywhere), ("dark", 390, ("marketing", *everywhere[-2:]))):
        options = {"color_scheme": look, "viewport": {"width": width, "height": 800}}
        opened = Dashboard.opened(browser, installation.exports / "dashboard.html", **options)
        for path in paths:
            opened.go(path)
            opened.wait_for_charts()
            assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, look)
            assert serious_faults(opened.page) == [], (path, look)
        assert opened.faults == []
        opened.page.close()


def test_keys_and_links_are_explained(installation, first):
    link = next(csv.DictReader(io.StringIO(installation.csv("identity_links.csv"), newline="")))
    one, other = (f"{link[f'source_{n}']}:{link[f'source_customer_id_{n}']}" for n in (1, 2))
    assert f"{one} and {other} are one customer, {link['customer_key']}" in installation.verb("why", one, other).stdout
    life = installation.verb("who", one).stdout
    assert life == installation.verb("who", link["customer_key"]).stdout
    assert "first_seen" in life
    assert other in life
    assert "no customer of this data folder ever had" in installation.verb("who", "12345", expect=1).stderr
    assert "to mend" in installation.verb("why", one, "crm:nobody", expect=1).stderr
    guards = installation.verb("guards").stdout
    assert "Values that stand for nobody" in guards
    assert "Customers that contradict themselves" in guards


def test_a_path_of_links_leads_from_each_record_of_a_customer_to_every_other(installation, first):
    links = list(csv.DictReader(io.StringIO(installation.csv("identity_links.csv"), newline="")))
    assert all(link["evidence"] or link["link_kind"] == "override" for link in links)
    pairs = [
        ((link["source_1"], link["source_customer_id_1"]), (link["source_2"], link["source_customer_id_2"]))
        for link in links
    ]
    customers = {}
    for row in csv.DictReader(io.StringIO(installation.csv("customer_records.csv"), newline="")):
        customers.setdefault(row["customer_key"], set()).add((row["source"], row["source_customer_id"]))
    found = networkx.Graph(pairs)
    found.add_nodes_from(record for records in customers.values() for record in records)
    several = {frozenset(records) for records in customers.values() if len(records) > 1}
    assert several
    assert {frozenset(part) for part in networkx.connected_components(found) if len(part) > 1} == several


def test_dbt_from_the_shell_as_the_readme_says(installation, first, tmp_path):
    environment = installation.home / ".env"
    said = installation.verb("env").stdout.strip()
    assert said == f"set -a; . {environment}"
    assert environment.stat().st_mode & 0o777 == 0o600
    target = {"DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path / "logs")}
    installation.command("sh", "-c", f"{said}; cd dbt_project && dbt run && dbt test", cwd=ROOT, **target)


@pytest.mark.long  # tests/dbt rebuilds a past day each time
def test_an_earlier_day_sees_no_later_rows(installation, first):
    installation.verb("run-cli", "--customers", "500", "--as-of", "2025-12-31")
    assert installation.manifest()["as_of_date"] == "2025-12-31"
    assert "2026-" not in installation.csv("fct_orders.csv")
    installation.verb("run-cli", "--customers", "500")
    assert installation.manifest()["as_of_date"] == "2026-06-30"


def test_rights_are_those_that_are_declared(installation, again):
    """After two publications and, when the whole module runs, after dbt from the shell."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    declared = page.partition("<!-- rights -->")[2].partition("<!-- /rights -->")[0]
    assert installation.verb("rights").stdout.strip().split("\n") == declared.strip().split("\n")


def test_secrets_are_where_they_belong_and_nowhere_else(installation, first, command_lines):
    """In four files that only their owner reads; not in logs, artefacts, exports, databases or command lines."""
    installation.verb("env")
    secrets = installation.secrets()
    assert {"postgres", "c360_loader", "c360_analyst_pii", "airflow_database", "airflow_jwt"} <= set(secrets)
    assert all(len(value) >= 32 for value in secrets.values())
    found = {}
    for folder, _, names in os.walk(installation.home):
        for name in names:
            path = Path(folder, name)
            content = path.read_bytes() if path.is_file() else b""
            if told := {secret for secret, value in secrets.items() if value in content}:
                found[path.relative_to(installation.home).as_posix()] = told
                assert path.stat().st_mode & 0o077 == 0, path
    assert set(found) == {
        ".env",
        "state/secrets.json",
        "state/airflow/airflow.cfg",
        "state/airflow/admin_password.json",
    }
    assert found["state/airflow/admin_password.json"] == {"airflow_admin"}
    assert len(command_lines) > 5
    told = {line for line in command_lines for value in secrets.values() if value in line}
    assert told == set()
