from __future__ import annotations

import sys
from pathlib import Path

from customer360 import pipeline
from customer360.landing import find_files
from customer360.sources import read_data_folder
from customer360.warehouse import Warehouse
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
