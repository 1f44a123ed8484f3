"""The evidence of a pair as a waterfall: in the terminal, and as an SVG picture."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import accumulate

from .evidence import Evidence

_WIDTH = 40  # characters of the terminal's bars
_ROW, _LEFT, _PLOT, _RIGHT = 26, 330, 420, 70  # pixels


def _spans(found: Evidence) -> list[tuple[float, float]]:
    """Where each step begins and ends, in bits."""
    ends = list(accumulate(step.bits for step in found.steps))
    return list(zip([0.0, *ends], ends, strict=False))


def bars(found: Evidence) -> Iterator[str]:
    """One line a step: ``+`` where it speaks for one customer, ``-`` where against, from where the last one ended."""
    spans = _spans(found)
    low, high = min(0.0, *(min(span) for span in spans)), max(0.0, *(max(span) for span in spans))
    scale = (_WIDTH - 1) / ((high - low) or 1)
    zero = round(-low * scale)
    for start, end in spans:
        line = [" "] * _WIDTH
        line[zero] = "|"
        for place in range(round((min(start, end) - low) * scale), round((max(start, end) - low) * scale) + 1):
            line[place] = "+" if end >= start else "-"
        yield "".join(line).rstrip()


def picture(found: Evidence) -> str:
    """An SVG that stands alone: a bar for each step, green for and red against, and the sum."""
    spans = _spans(found)
    low, high = min(0.0, *(min(span) for span in spans)), max(0.0, *(max(span) for span in spans))
    scale = _PLOT / ((high - low) or 1)

    def at(bits: float) -> float:
        return round(_LEFT + (bits - low) * scale, 1)

    height = (len(spans) + 1) * _ROW + 70
    title = (
        f"{found.pair[0]} and {found.pair[1]}: {found.weight or 0:+.1f} bits, probability {found.probability or 0:.4f}"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _PLOT + _RIGHT}" height="{height}" role="img"'
        ' font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="12" y="24" font-size="14" font-weight="bold">{escape(title)}</text>',
        f'<line x1="{at(0)}" y1="40" x2="{at(0)}" y2="{height - 20}" stroke="#888" stroke-dasharray="3 3"/>',
    ]
    rows = [
        *((f"{step.what}: {step.finding}", span, step.bits) for step, span in zip(found.steps, spans, strict=True)),
        ("all together", (0.0, spans[-1][1]), spans[-1][1]),
    ]
    for number, (label, (start, end), bits) in enumerate(rows):
        top = 44 + number * _ROW
        colour = "#4a5568" if number == len(spans) else "#2f855a" if bits >= 0 else "#c53030"
        short = label if len(label) <= 50 else label[:49] + "…"
        parts += [
            f'<text x="12" y="{top + 16}">{escape(short)}</text>',
            f'<rect x="{min(at(start), at(end))}" y="{top + 4}" width="{max(abs(at(end) - at(start)), 1):.1f}"'
            f' height="{_ROW - 8}" fill="{colour}"/>',
            f'<text x="{max(at(start), at(end)) + 5}" y="{top + 16}">{bits:+.1f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
