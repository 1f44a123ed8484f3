"""``docs/evaluation.md`` and its picture, and the same in short for the terminal."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from customer360 import pipeline
from customer360.fitting.histories import Floats
from customer360.fitting.predictions import HORIZON_DAYS
from customer360.settings import Settings

from .folders import Say
from .labelled_sets import corpora
from .predictions import Judged, judge, judge_truth
from .scores import Amounts, Bin, amounts, auc, brier, calibration, calibration_error, deciles, naive_orders, rfm_sum

_SEEDS = (42, 7, 11)
# Published sets below C360_CORPORA: what they are called, the currency, the last day of the fit, the last day of all.
_PUBLISHED = {
    "cdnow_sample": ("CDNOW (sample)", "USD", "1997-09-30", "1998-06-30"),
    "online_retail": ("Online Retail", "GBP", "2011-06-09", "2011-12-09"),
}
_SOURCES = """\
version: 1
reporting_currency: {currency}
sources:
  shop:
    orders:
      files: ["transactions.csv"]
      columns: {{order_id: order_id, customer_id: customer_id, ordered_at: order_date, amount: amount}}
"""


def write_page(settings: Settings, say: Say) -> list[Path]:
    """Judges the demo with three seeds and, where C360_CORPORA is set, the published sets; writes the page."""
    judged = []
    for seed in _SEEDS:
        say(f"judging generated data, seed {seed}")
        demo = Path(pipeline.generate(settings, seed=seed))
        judged.append(judge_truth(settings, demo, name=f"generated, seed {seed}"))
    published = corpora()
    for folder, (name, currency, cut, until) in _PUBLISHED.items():
        if published and (transactions := published / folder / "transactions.csv").is_file():
            say(f"judging {name}")
            with tempfile.TemporaryDirectory(prefix="c360-published-") as temporary:
                data = Path(temporary) / folder
                data.mkdir()
                (data / "transactions.csv").write_bytes(transactions.read_bytes())
                (data / "sources.yml").write_text(_SOURCES.format(currency=currency), encoding="utf-8")
                judged.append(judge(settings, data, cut, until, name=name))
    docs = settings.root / "docs"
    page, picture = docs / "evaluation.md", docs / "evaluation.svg"
    page.write_text("\n".join(_page(judged)), encoding="utf-8")
    picture.write_text(_picture(judged), encoding="utf-8")
    return [page, picture]


def lines_of(judged: Judged) -> Iterator[str]:
    """What the terminal shows of one evaluation, as Markdown."""
    yield f"### {judged.name}"
    yield ""
    yield (
        f"Seen until {judged.cut}: {len(judged.histories):,} customers who had bought. Judged by the"
        f" {judged.horizon_days} days after it."
    )
    yield ""
    if judged.actual_churn is not None:
        yield from _churn_table(judged)
    yield from _orders_table(judged)
    yield from _value_table(judged)


def _page(judged: Sequence[Judged]) -> Iterator[str]:
    yield "# What the predictions are worth"
    yield ""
    yield (
        "Written by `make evaluate-predictions`; no figure is typed by hand. Time is cut at a day; everything is built"
        " as of that day, so no later row is seen; `make fit` fits on what is left; the models predict; then it is"
        " compared with what happened. One fixed configuration for all data. Generated data are judged by the orders"
        " that their `truth/` keeps for the time after the as-of date. `make evaluate-predictions DATA=folder"
        " CUT=2026-01-01` does the same with yours."
    )
    yield ""
    yield "![Calibration, and churn by decile](evaluation.svg)"
    yield ""
    yield "| data | customers | AUC buys again | recency alone | RMSE orders | BG/NBD | r | total |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for each in judged:
        ours, theirs = amounts(each.actual_orders, each.orders), amounts(each.actual_orders, each.yardstick)
        histories = each.histories
        recency = auc(each.actual_orders > 0, histories.active_days - histories.tenure_days)
        yield (
            f"| {each.name} | {len(histories):,} | {ours.auc:.4f} | {recency:.4f} | {ours.rmse:.4f} | {theirs.rmse:.4f}"
            f" | {ours.correlation:.4f} | {ours.total_error:+.1%} |"
        )
    yield ""
    for each in judged:
        yield from lines_of(each)


def _churn_table(judged: Judged) -> Iterator[str]:
    churned = judged.actual_churn
    assert churned is not None  # noqa: S101 - for mypy: it was looked up before
    histories = judged.histories
    bins, tenths = calibration(churned, judged.churn), deciles(churned, judged.churn)
    base = float(churned.mean())
    yield f"Churn, no purchase in {HORIZON_DAYS} days ({base:.1%} did):"
    yield ""
    yield "| churn by | AUC | Brier |"
    yield "|---|---:|---:|"
    yield f"| churn_probability | {auc(churned, judged.churn):.4f} | {brier(churned, judged.churn):.4f} |"
    rankings = {
        "health_score": -judged.health,
        "recency only": histories.tenure_days - histories.active_days,
        "frequency only": -histories.repeats,
        "RFM, fifths added up": -rfm_sum(histories),
    }
    for name, score in rankings.items():
        yield f"| {name} | {auc(churned, score):.4f} | |"
    yield f"| everybody churns | 0.5000 | {1 - base:.4f} |"
    yield f"| everybody by the mean | 0.5000 | {base * (1 - base):.4f} |"
    yield ""
    yield f"Calibration error (ten bins, weighted): {calibration_error(bins):.4f}."
    yield ""
    yield "| churn_probability | customers | predicted | churned | | decile | churned | lift |"
    yield "|---|---:|---:|---:|---|---|---:|---:|"
    for place in range(10):
        left = _bin(bins[place]) if place < len(bins) else "| | | "
        right = (
            f"{place + 1} | {tenths[place].actual:.1%} | {tenths[place].actual / base:.2f}"
            if place < len(tenths)
            else "| |"
        )
        yield f"| {left} | | {right} |"
    yield ""


def _bin(each: Bin) -> str:
    low = min(int(each.predicted * 10), 9)
    return f"{low / 10:.1f} to {(low + 1) / 10:.1f} | {each.customers:,} | {each.predicted:.1%} | {each.actual:.1%}"


def _orders_table(judged: Judged) -> Iterator[str]:
    predictions = {
        f"expected_orders_{judged.horizon_days}d": judged.orders,
        "BG/NBD": judged.yardstick,
        **naive_orders(judged.histories, judged.horizon_days),
    }
    yield from _amounts_table("orders", judged.actual_orders, predictions)


def _value_table(judged: Judged) -> Iterator[str]:
    histories = judged.histories
    basket = histories.revenue / (histories.repeats + 1)
    naive = naive_orders(histories, judged.horizon_days)
    predictions = {
        f"expected_value_{judged.horizon_days}d": judged.value,
        **{name: orders * basket for name, orders in naive.items() if name != "cohort mean"},
    }
    yield from _amounts_table("value", judged.actual_value, predictions)


def _amounts_table(what: str, actual: Floats, predictions: Mapping[str, Floats]) -> Iterator[str]:
    yield f"| {what} by | MAE | RMSE | correlation | total | best tenth's share | AUC buys again |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, predicted in predictions.items():
        yield _amounts_row(name, amounts(actual, predicted))
    yield ""


def _amounts_row(name: str, found: Amounts) -> str:
    cells = [
        f"{found.mae:,.4f}",
        f"{found.rmse:,.4f}",
        "" if found.correlation is None else f"{found.correlation:.4f}",
        f"{found.total_error:+.1%}",
        "" if found.top_decile is None else f"{found.top_decile:.1%}",
        "" if found.auc is None else f"{found.auc:.4f}",
    ]
    return f"| {name} | {' | '.join(cells)} |"


def _picture(judged: Sequence[Judged]) -> str:
    """Two panels, one line for each data set: what was predicted against what happened, and churn by decile."""
    colours = ("#0b6e4f", "#3d5a80", "#8d6a9f", "#c8553d", "#b8860b")
    shown = [each for each in judged if each.actual_churn is not None]
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 300" role="img" width="660">',
        "<title>Churn: calibration, and share by decile of the predicted probability</title>",
        "<style>text{font:11px system-ui,sans-serif;fill:#333}.grid{stroke:#ddd}"
        "@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}}</style>",
    ]
    for left, title, below in ((40, "Churned, by probability", "predicted"), (370, "Churned, by decile", "decile")):
        parts.append(f'<text x="{left}" y="18">{title}</text><text x="{left + 100}" y="252">{below}</text>')
        for tick in range(0, 11, 2):
            y = 230 - 20 * tick
            parts.append(
                f'<path class="grid" d="M{left} {y}h250"/><text x="{left - 32}" y="{y + 4}">{tick * 10} %</text>'
            )
    parts.append('<path class="grid" d="M40 230L290 30"/>')
    for each, colour in zip(shown, colours, strict=False):
        churned = each.actual_churn
        assert churned is not None  # noqa: S101 - for mypy: it was looked up before
        curves = (
            [(40 + 250 * b.predicted, b.actual) for b in calibration(churned, each.churn)],
            [(370 + 25 * at + 12.5, b.actual) for at, b in enumerate(deciles(churned, each.churn))],
        )
        for points in curves:
            path = "L".join(f"{x:.1f} {230 - 200 * y:.1f}" for x, y in points)
            parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for at, (each, colour) in enumerate(zip(shown, colours, strict=False)):
        x, y = 40 + 210 * (at % 3), 272 + 18 * (at // 3)
        parts.append(f'<path d="M{x} {y}h20" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{x + 26}" y="{y + 4}">{escape(each.name)}</text>')
    return "\n".join([*parts, "</svg>", ""])
