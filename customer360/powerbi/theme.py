"""The report's one theme: colours that people with poor colour vision tell apart (Okabe and Ito), and plain type."""

from __future__ import annotations

import hashlib
import json
from typing import Any

LIGHT, DARK = "#EAF3FA", "#0B5C92"
_INK, _PAPER = "#20303C", "#FFFFFF"

_LOOK: dict[str, Any] = {
    "dataColors": [
        "#0072B2",
        "#E69F00",
        "#009E73",
        "#CC79A7",
        "#56B4E9",
        "#D55E00",
        "#8A7A00",
        "#5B5EA6",
        "#7F7F7F",
        "#3B8F8C",
        "#A65628",
        "#4D4D4D",
    ],
    "background": _PAPER,
    "foreground": _INK,
    "tableAccent": DARK,
    "good": "#009E73",
    "neutral": "#E69F00",
    "bad": "#D55E00",
    "maximum": DARK,
    "center": "#7FB2D6",
    "minimum": LIGHT,
    "textClasses": {
        "callout": {"fontSize": 24, "fontFace": "Segoe UI", "color": _INK},
        "title": {"fontSize": 12, "fontFace": "Segoe UI Semibold", "color": _INK},
        "header": {"fontSize": 11, "fontFace": "Segoe UI Semibold", "color": _INK},
        "label": {"fontSize": 10, "fontFace": "Segoe UI", "color": _INK},
    },
}


def css_colours() -> str:
    """The colours as CSS variables."""
    named = {"ink": _INK, "paper": _PAPER, "accent": DARK, "accent-soft": LIGHT}
    named |= {f"series-{number}": colour for number, colour in enumerate(_LOOK["dataColors"], 1)}
    return ":root {" + "".join(f"--{name}: {colour};" for name, colour in named.items()) + "}\n"


def theme_file() -> tuple[str, str]:
    """Name and content; Desktop remembers themes by name, so another look gets another name."""
    digest = hashlib.sha256(json.dumps(_LOOK, sort_keys=True).encode()).hexdigest()
    name = f"Customer360-{digest[:8]}.json"
    return name, json.dumps({"name": name, **_LOOK}, indent=2) + "\n"
