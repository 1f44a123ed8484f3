"""Line charts as SVG text: small enough to read, the same bytes on every machine, no library needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 300, 230
_LEFT, _TOP, _RIGHT, _BOTTOM = 44, 34, 12, 40
_COLOURS = ("#0b6e4f", "#c8553d", "#3d5a80", "#8d6a9f")
_DASHES = ("", "6 3", "2 3", "8 3 2 3")
_STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:13px}.grid{stroke:#ddd}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}}"
)


@dataclass(frozen=True)
class Line:
    """One curve: points of (x, share from 0 to 1)."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Chart:
    """One panel; ``ticks`` are the labelled places of the x axis, which ``label`` names."""

    title: str
    label: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]


def draw(charts: Sequence[Chart], describe: str) -> str:
    """The panels side by side, with one legend below; ``describe`` is what a screen reader says."""
    width, height = _WIDTH * len(charts), _HEIGHT + 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" width="{width}">',
        f"<title>{escape(describe)}</title><style>{_STYLE}</style>",
    ]
    for at, chart in enumerate(charts):
        parts += [f'<g transform="translate({at * _WIDTH} 0)">', *_panel(chart), "</g>"]
    for at, line in enumerate(charts[0].lines):
        x = _LEFT + at * 190
        parts.append(f'<path d="M{x} {_HEIGHT + 10}h26" {_stroke(at)}/>')
        parts.append(f'<text x="{x + 32}" y="{_HEIGHT + 14}">{escape(line.name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _stroke(at: int) -> str:
    dash = f' stroke-dasharray="{_DASHES[at % 4]}"' if _DASHES[at % 4] else ""
    return f'fill="none" stroke="{_COLOURS[at % 4]}" stroke-width="2"{dash}'


def _panel(chart: Chart) -> list[str]:
    low, high = min(x for x, _ in chart.ticks), max(x for x, _ in chart.ticks)
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT

    def place(x: float, y: float) -> str:
        return f"{_LEFT + (x - low) / (high - low) * (right - _LEFT):.1f} {bottom - y * (bottom - _TOP):.1f}"

    parts = [f'<text class="title" x="{_LEFT}" y="18">{escape(chart.title)}</text>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = place(low, share).split()[1]
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{right}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    for x, label in chart.ticks:
        spot = place(x, 0).split()[0]
        parts.append(f'<text x="{spot}" y="{bottom + 16}" text-anchor="middle">{escape(label)}</text>')
    parts.append(f'<text x="{(_LEFT + right) / 2}" y="{bottom + 32}" text-anchor="middle">{escape(chart.label)}</text>')
    for at, line in enumerate(chart.lines):
        path = "M" + "L".join(place(x, y) for x, y in line.points)
        parts.append(f'<path d="{path}" {_stroke(at)}/>')
    return parts
