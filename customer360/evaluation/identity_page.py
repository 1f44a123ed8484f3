"""``docs/identity.md``: the figures between its markers, the picture beside it, and the same for the terminal."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from customer360 import pipeline
from customer360.errors import Customer360Error
from customer360.marked import write_marked
from customer360.settings import Settings

from .clusters import ClusterScore
from .folders import Say, truth_of_folder
from .identity import JudgedIdentity, judge_identity
from .labelled_sets import available, make_folder, truth_of

_SEEDS = (42, 7, 11)
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"
_GENERATED_GOAL = 0.97


def write_identity_page(settings: Settings, say: Say) -> list[Path]:
    """Judges the demo with three seeds and, where C360_CORPORA is set, the public sets; writes the page.

    Raises:
        Customer360Error: the page has no place for figures.
    """
    page, picture = settings.root / "docs" / "identity.md", settings.root / "docs" / "identity.svg"
    text = page.read_text(encoding="utf-8")
    if not text.index(_BEGIN) < text.index(_END):
        raise Customer360Error("the markers of the figures are in the wrong order", where=str(page))
    judged = []
    for labelled in available():
        say(f"judging {labelled.name}")
        with tempfile.TemporaryDirectory(prefix="c360-labelled-") as temporary:
            folder = make_folder(labelled, Path(temporary) / "set")
            judged.append(judge_identity(settings, folder, truth_of(labelled), name=labelled.name, goal=labelled.goal))
    for seed in _SEEDS:
        say(f"judging generated data, seed {seed}")
        demo = Path(pipeline.generate(settings, seed=seed))
        truth = truth_of_folder(demo)
        judged.append(judge_identity(settings, demo, truth, name=f"generated, seed {seed}", goal=_GENERATED_GOAL))
    write_marked(page, _BEGIN, _END, ["", *figures(judged), ""])
    picture.write_text(_picture(judged), encoding="utf-8")
    return [page, picture]


def judge_folder(settings: Settings, data: Path, say: Say) -> Iterator[str]:
    """The figures of one folder with a truth, as Markdown."""
    yield from figures([judge_identity(settings, data, truth_of_folder(data), say=say)])


def figures(judged: Sequence[JudgedIdentity]) -> Iterator[str]:
    """All tables, as Markdown."""
    yield "### By pairs of records"
    yield ""
    yield from _header("goal", "precision", "recall", "F1", "unfitted F1", "e-mail F1", "keys F1", "Splink .95", "best")
    for each in judged:
        keys = [score.f1 for score in each.keys.values()]
        at_95, best = each.splink.get(0.95), each.splink_best
        cells = [
            f"{each.name} ({each.records:,})",
            f"{each.goal:g}" if each.goal else "",
            *(f"{value:.4f}" for value in (each.ours.precision, each.ours.recall, each.ours.f1, each.shipped.f1)),
            *(f"{value:.4f}" for value in keys),
            f"{at_95.f1:.4f}" if at_95 else "",
            f"{best.f1:.4f}" if best else "",
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "### By customers"
    yield ""
    yield from _header(
        "customers", "of", "largest", "B-cubed P", "R", "F1", "Splink's F1", "recall by pairs", "Splink's, as precise"
    )
    for each in judged:
        ours, best, recall = each.ours, each.splink_best, each.splink_recall
        cells = [
            each.name,
            *(f"{count:,}" for count in (ours.clusters, ours.entities, ours.largest)),
            *(f"{value:.4f}" for value in (ours.b_cubed_precision, ours.b_cubed_recall, ours.b_cubed_f1)),
            f"{best.b_cubed_f1:.4f}" if best else "",
            f"{ours.recall:.4f}",
            "" if not each.splink else "never" if recall is None else f"{recall:.4f}",
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield from _reliability(judged)
    if hard := [each for each in judged if each.hard]:
        yield from _hard(hard)
    if messy := [each for each in judged if each.mess]:
        yield from _mess(messy)


def _header(*names: str) -> Iterator[str]:
    yield f"| records | {' | '.join(names)} |"
    yield "|---|" + "---:|" * len(names)


def _reliability(judged: Sequence[JudgedIdentity]) -> Iterator[str]:
    yield "### What the probabilities are worth"
    yield ""
    yield "Pairs that were scored, by their probability, over all of these sets together."
    yield ""
    yield "| probability | pairs | predicted | of one entity |"
    yield "|---|---:|---:|---:|"
    bins = [bin_ for each in judged for bin_ in each.reliability]
    for low, high in sorted({(bin_.low, bin_.high) for bin_ in bins}):
        here = [bin_ for bin_ in bins if bin_.low == low]
        pairs = sum(bin_.pairs for bin_ in here)
        predicted = sum(bin_.predicted * bin_.pairs for bin_ in here) / pairs
        right = sum(bin_.right for bin_ in here) / pairs
        yield f"| {low:g} to {high:g} | {pairs:,} | {predicted:.1%} | {right:.1%} |"
    yield ""


def _hard(judged: Sequence[JudgedIdentity]) -> Iterator[str]:
    yield "### People who look like one"
    yield ""
    yield "Pairs of people in the generated data, and how many of them have records in one customer."
    yield ""
    yield "| pairs of people | " + " | ".join(f"{each.name} | joined" for each in judged) + " |"
    yield "|---|" + "---:|---:|" * len(judged)
    for kind in dict.fromkeys(row.kind for each in judged for row in each.hard):
        cells = []
        for each in judged:
            row = next((row for row in each.hard if row.kind == kind), None)
            cells += [f"{row.pairs:,}", f"{row.joined} ({row.joined / row.pairs:.1%})"] if row else ["", ""]
        yield f"| {kind} | {' | '.join(cells)} |"
    yield ""


def _mess(judged: Sequence[JudgedIdentity]) -> Iterator[str]:
    yield "### Errors by kind of mess"
    yield ""
    yield (
        "Records that suffered a fault, all generated sets together: of the pairs that they should be in, how many were"
        " missed, and how many they are in wrongly. Only faults with more errors than the mean record."
    )
    yield ""
    yield "| fault | records | pairs | missed | wrong |"
    yield "|---|---:|---:|---:|---:|"
    sums: dict[str, list[int]] = {}
    for each in judged:
        for row in each.mess:
            sums.setdefault(row.name, [0, 0, 0, 0])
            for place, count in enumerate((row.records, row.true, row.missed, row.wrong)):
                sums[row.name][place] += count
    mean: float | None = None
    for name, (records, true, missed, wrong) in sorted(
        sums.items(), key=lambda item: (item[0] != "(all records)", -(item[1][2] + item[1][3]) / max(item[1][1], 1))
    ):
        share = (missed + wrong) / max(true, 1)
        mean = share if mean is None else mean
        if share >= mean:
            told = f"{missed} ({missed / max(true, 1):.1%}) | {wrong} ({wrong / max(true, 1):.1%})"
            yield f"| {name} | {records:,} | {true:,} | {told} |"
    yield ""


def _picture(judged: Sequence[JudgedIdentity]) -> str:
    """F1 as bars: ours, Splink at its usual and at its best threshold, and exact keys."""
    colours = {
        "customer360": "#0b6e4f",
        "Splink 5, best threshold": "#8d6a9f",
        "Splink 5 at .95": "#c9b6d6",
        "exact keys": "#b8b8b8",
    }
    row, left, width = 62, 190, 420
    height = 56 + row * len(judged)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 {height}" role="img" width="680">',
        "<title>Pairwise F1 by data set: customer360, Splink 5, exact keys</title>",
        "<style>text{font:11px system-ui,sans-serif;fill:#333}.grid{stroke:#ddd}"
        "@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}}</style>",
    ]
    for place, (name, colour) in enumerate(colours.items()):
        x = 10 + 165 * place
        parts.append(f'<rect x="{x}" y="8" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18}" y="18">{name}</text>')
    for tick in range(5):
        x = left + width * tick // 4
        parts.append(f'<path class="grid" d="M{x} 40V{height - 8}"/><text x="{x - 8}" y="36">{tick / 4:g}</text>')
    for at, each in enumerate(judged):
        y = 48 + row * at
        parts.append(f'<text x="8" y="{y + 26}">{escape(each.name)}</text>')
        keys = max(each.keys.values(), key=lambda score: score.f1)
        scores: list[ClusterScore | None] = [each.ours, each.splink_best, each.splink.get(0.95), keys]
        for place, (score, colour) in enumerate(zip(scores, colours.values(), strict=True)):
            if score:
                top, long = y + 13 * place, width * score.f1
                parts.append(f'<rect x="{left}" y="{top}" width="{long:.1f}" height="11" fill="{colour}"/>')
                parts.append(f'<text x="{left + long + 4:.1f}" y="{top + 9}">{score.f1:.3f}</text>')
    return "\n".join([*parts, "</svg>", ""])
