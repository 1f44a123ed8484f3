"""How fast the dashboard is there: `make bench-dashboard`, after `make run`; medians of some openings in Chromium."""

from __future__ import annotations

import statistics
import time

from tests.conftest import ROOT
from tests.dashboard.reading import PAGES, Dashboard, chromium

_FILE = ROOT / "exports" / "dashboard.html"
_TIMES = 5
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def main() -> None:
    """Prints the file's size, and seconds to the first paint, the figures, and the charts of each page."""
    print(f"{_FILE.stat().st_size / 1e6:.2f} MB")
    paints, figures = [], []
    charts: dict[str, list[float]] = {page: [] for page in PAGES}
    with chromium() as browser:
        for _ in range(_TIMES):
            started = time.perf_counter()
            opened = Dashboard.opened(browser, _FILE)
            figures.append(time.perf_counter() - started)
            opened.wait_for_charts()
            paints.append(opened.page.evaluate(_PAINT) / 1000)
            for page in PAGES:
                started = time.perf_counter()
                opened.go(page)
                opened.wait_for_charts()
                charts[page].append(time.perf_counter() - started)
            opened.page.close()
    print(f"first paint {statistics.median(paints):.2f} s, figures {statistics.median(figures):.2f} s")
    for page, seconds in charts.items():
        print(f"{page}: drawn in {statistics.median(seconds):.2f} s")


if __name__ == "__main__":
    main()
