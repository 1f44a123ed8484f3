from __future__ import annotations

import contextlib
import csv
import sys
from pathlib import Path

from psycopg2.sql import SQL, Identifier

from customer360 import pipeline
from customer360.landing import find_files
from customer360.sources import read_data_folder
from customer360.warehouse import Role, Warehouse
from data_generators import GeneratorConfig, generate


def test_sources_yml_declares_every_file_but_the_truth(default: Path) -> None:
    folder = read_data_folder(default)
    assert folder.as_of_date is not None
    assert folder.as_of_date.isoformat() == "2026-06-30"
    assert {feed.source for feed in folder.feeds} == {"crm", "shop", "loyalty", "support", "web"}
    declared = {file.file_name for file in find_files(folder, frozenset())}
    written = {path.name for path in default.iterdir() if path.is_file()}
    assert declared == written - {"sources.yml", "generator.json"}


def test_the_pipeline_opens_nothing_of_the_truth(tmp_path: Path, warehouse: Warehouse) -> None:
    generate(GeneratorConfig(customers=60), tmp_path / "data")
    opened: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "os.listdir", "os.scandir"):
            opened.append(str(arguments[0]))

    sys.addaudithook(watch)
    settings = warehouse.settings
    try:
        plan = pipeline.begin(settings, "truth", str(tmp_path / "data"))
        for file in plan["files"]:
            pipeline.land(settings, plan, file)
        pipeline.map_sources(settings, plan)
        pipeline.finish(settings, plan, "succeeded")
    finally:
        watching = False
        warehouse.drop(plan["database"])
    assert any(path.endswith("shop_orders_2026-06-30.csv") for path in opened)
    assert not [path for path in opened if "truth" in Path(path).parts]


def test_the_shop_loads_into_a_source_postgres(default: Path, warehouse: Warehouse, database: str) -> None:
    with contextlib.closing(warehouse.login(Role.ADMIN, database).connect()) as connection:
        cursor = connection.cursor()
        for name in ("customers", "orders", "order_lines"):
            with (default / f"shop_{name}_2026-06-30.csv").open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                columns = SQL(", ").join(SQL("{} text").format(Identifier(column)) for column in next(rows))
                cursor.execute(SQL("create temporary table {} ({})").format(Identifier(name), columns))
                file.seek(0)
                cursor.copy_expert(SQL("copy {} from stdin (format csv, header)").format(Identifier(name)), file)
                file.seek(0)
                assert cursor.rowcount == len(list(csv.reader(file))) - 1
        cursor.execute("select count(*) from orders join customers using (customer_id)")
        (owned,) = cursor.fetchone() or (0,)
    assert owned > 10_000
