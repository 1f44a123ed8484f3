"""Airflow's page in a browser, as a data engineer uses it: log in, find the DAG, trigger it, read a log."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.e2e.support import Installation

pytestmark = pytest.mark.long
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("page"))
    said = installation.verb("airflow").stdout
    password = json.loads(Path(re.search(r"the password is in (.+)", said)[1]).read_text())["admin"]
    yield installation, re.search(r"http://\S+", said)[0], password
    installation.down()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_run_is_triggered_with_other_parameters_and_its_log_read(airflow, tmp_path):
    from playwright.sync_api import expect, sync_playwright

    installation, url, password = airflow
    expect.set_options(timeout=60_000)
    pictures = Path(os.environ.get("C360_PICTURES", tmp_path))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(url)
        page.locator("input[name=username]").fill("admin")
        page.locator("input[type=password]").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda address: "login" not in address)
        page.goto(f"{url}/dags")
        page.get_by_role("link", name="customer360", exact=True).first.click()
        page.wait_for_url(lambda address: address.endswith("/dags/customer360"))
        expect(page.get_by_test_id("trigger-dag-button")).to_have_count(1)  # the list, with two, has gone
        page.wait_for_load_state("networkidle")  # what is still coming draws the page anew, and closes the form
        page.get_by_test_id("trigger-dag-button").first.click()
        for name, value in (("customers", "400"), ("seed", "7")):
            page.locator(f"input[name=element_{name}]").fill(value)
            page.keyboard.press("Tab")
        page.screenshot(path=pictures / "airflow-form.png")
        page.get_by_role("dialog").get_by_role("button", name="Trigger", exact=True).click()
        page.wait_for_url(lambda address: "/dags/customer360/runs/manual" in address)
        run_page = page.url.split("?")[0].rstrip("/")
        expect(page.get_by_text("Running", exact=True).first).to_be_visible()
        for state in ("No Status", "Running"):  # of the run and its tasks alike
            expect(page.get_by_text(state, exact=True)).to_have_count(0, timeout=300_000)
        expect(page.get_by_text("Failed", exact=True)).to_have_count(0)
        expect(page.get_by_text("Success", exact=True).first).to_be_visible()
        page.screenshot(path=pictures / "airflow-run.png")
        page.goto(f"{run_page}/tasks/dbt_marts")
        # Of a long log the page holds what is in view.
        expect(page.get_by_text(re.compile(r"OK created .* warehouse_next\.\w+ .*INSERT 0 \d+")).first).to_be_visible()
        page.screenshot(path=pictures / "airflow-log.png")
        browser.close()
    manifest = installation.manifest()
    assert "400-customers-seed-7" in manifest["data_folder"]
