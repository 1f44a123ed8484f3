"""The README's pictures of the dashboard and of one customer's journey: `make screenshots`, after `make run`."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter

from tests.conftest import ROOT
from tests.dashboard.journey import WIDTH, journey_pages
from tests.dashboard.reading import Dashboard, chromium

_PICTURES = ROOT / "docs" / "pictures"
_SCREEN, _PHONE = {"width": 1280, "height": 1160}, {"width": 390, "height": 844}


def main() -> None:
    """Writes the pictures; the people of the demo are made up, so their names may be seen for that long."""
    _write("--pii", "keep")
    try:
        _take(_customer_of_most_records())
    finally:
        _write()


def _take(customer: str) -> None:
    shots = (
        ("overview", "dashboard-overview", {"color_scheme": "light"}),
        ("overview", "dashboard-overview-dark", {"color_scheme": "dark"}),
        ("marketing", "dashboard-marketing", {"color_scheme": "light"}),
        ("deep_dive", "dashboard-deep-dive", {"color_scheme": "dark"}),
        (f"customer/{customer}", "dashboard-customer", {"color_scheme": "light"}),
        ("operations", "dashboard-operations", {"color_scheme": "light"}),
        ("overview", "dashboard-phone", {"color_scheme": "light", "viewport": _PHONE}),
    )
    with chromium() as browser:
        for path, name, options in shots:
            opened = Dashboard.opened(browser, ROOT / "exports" / "dashboard.html", **{"viewport": _SCREEN, **options})
            opened.go(path)
            opened.wait_for_charts()
            opened.page.screenshot(path=_PICTURES / f"{name}.png")
            opened.page.close()
            print(f"wrote {_PICTURES / name}.png")
        for name, page in journey_pages().items():
            for look, suffix in (("light", ""), ("dark", "-dark")):
                viewport = {"width": WIDTH, "height": 600}
                opened_page = browser.new_page(viewport=viewport, device_scale_factor=1.5, color_scheme=look)
                opened_page.set_content(page)
                opened_page.locator(".picture").screenshot(path=_PICTURES / f"{name}{suffix}.png")
                opened_page.close()
                print(f"wrote {_PICTURES / name}{suffix}.png")


def _write(*options: str) -> None:
    subprocess.run([sys.executable, "-m", "customer360", "dashboard", *options], cwd=ROOT, check=True)


def _customer_of_most_records() -> str:
    with (ROOT / "exports" / "csv" / "identity_links.csv").open(encoding="utf-8-sig", newline="") as file:
        links = Counter(row["customer_key"] for row in csv.DictReader(file))
    return max(links, key=lambda key: (links[key], key))


if __name__ == "__main__":
    main()
