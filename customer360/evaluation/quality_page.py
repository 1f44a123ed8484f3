"""``docs/data_quality.md``: the figures between its markers, and the same for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from customer360 import pipeline
from customer360.marked import write_marked
from customer360.settings import Settings

from .folders import Say
from .quality import UNSEEN, Detection, JudgedQuality, by_kind, judge_quality

_SEEDS = (42, 7, 11)
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"


def write_quality_page(settings: Settings, say: Say) -> Path:
    """Judges the demo with three seeds and writes the page."""
    judged = []
    for seed in _SEEDS:
        say(f"judging generated data, seed {seed}")
        demo = Path(pipeline.generate(settings, seed=seed))
        judged.append(judge_quality(settings, demo, name=f"seed {seed}"))
    page = settings.root / "docs" / "data_quality.md"
    write_marked(page, _BEGIN, _END, ["", *figures(judged), ""])
    return page


def judge_quality_of(settings: Settings, data: Path, say: Say) -> Iterator[str]:
    """The figures of one generated folder, as Markdown."""
    yield from figures([judge_quality(settings, data, say=say)])


def figures(judged: Sequence[JudgedQuality]) -> Iterator[str]:
    """All tables, as Markdown."""
    yield "### Kinds of fault that a row shows"
    yield ""
    yield "| fault | rule | in | made | precision | recall |" + "".join(f" {each.name} P | R |" for each in judged)
    yield "|---|---|---|---:|---:|---:|" + "---:|---:|" * len(judged)
    own = [{one.fault: one for one in by_kind([each])} for each in judged]
    for one in by_kind(judged):
        cells = [one.fault, one.rule, one.field, f"{one.made:,}", *_shares(one)]
        for kinds in own:
            cells += _shares(kinds[one.fault]) if one.fault in kinds else ["", ""]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "### The same by field"
    yield ""
    yield "| field | fault | made | found | right | precision | recall |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for field, fault in sorted({(one.field, one.fault) for each in judged for one in each.detections}):
        (one,) = by_kind(
            [
                JudgedQuality("", tuple(it for it in each.detections if (it.field, it.fault) == (field, fault)), (), {})
                for each in judged
            ]
        )
        counts = [f"{count:,}" for count in (one.made, one.found, one.right)]
        yield f"| {' | '.join([field, fault, *counts, *_shares(one)])} |"
    yield ""
    yield "### Dates"
    yield ""
    yield "| field | data | given | decidable | read right | share |"
    yield "|---|---|---:|---:|---:|---:|"
    for each in judged:
        for read in each.dates:
            share = f"{read.right / read.decidable:.4f}" if read.decidable else ""
            yield f"| {read.field} | {each.name} | {read.given:,} | {read.decidable:,} | {read.right:,} | {share} |"
    yield ""
    yield "### Kinds of fault that a row alone does not show"
    yield ""
    yield "| fault | made | why |"
    yield "|---|---:|---|"
    for fault, why in UNSEEN.items():
        yield f"| {fault} | {sum(each.unseen[fault] for each in judged):,} | {why} |"
    yield ""


def _shares(one: Detection) -> list[str]:
    return ["" if share is None else f"{share:.3f}" for share in (one.precision, one.recall)]
