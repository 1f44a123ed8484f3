"""Detects how a delimited file is written and where its table begins, from its first lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .parser import Dialect, MalformedError, MoreNeededError, RecordParser

_LINES = 300
# A rare delimiter has to make its case better than a common one.
_WEIGHTS = dict.fromkeys(",;\t|", 1.0) | dict.fromkeys("\x1f\x01~^§¦", 0.9) | dict.fromkeys(": ", 0.6)
_WEIGHTS |= dict.fromkeys("*#&!", 0.5) | dict.fromkeys("/-=", 0.3)
# Quotes that are no quotes are rare, quotes that a fault has spoilt are not.
_QUOTES = {'"': 1.0, "'": 0.97, "`": 0.9, "": 0.75}
_NUMBER = r"[-+(]?\s?[$€£%]?\s?\d{1,3}(?:[,.' \u00a0\u202f]?\d{3})*(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s?[)%$€£]?"
_DATE = (
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:[AaPp][Mm]|Z|[-+]\d{2}:?\d{2})?)?"
)
_TYPED = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})|(?P<date>{_DATE}|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?[AaPp][Mm])?)"
    r"|(?P<email>[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+)|(?P<link>(?:https?|ftp)://[^\s\"]+|www\.[^\s\"]+))\s*"
)
_WORDS = re.compile(r"[^\W_][\w .,'\u2019&()/:%+#@°!?-]*")
_NULL = frozenset({"n/a", "na", "null", "none", "nan", "-", "\\n"})


@dataclass(frozen=True)
class Layout:
    """What was found, or declared.

    Attributes:
        dialect: how records are written.
        preamble: lines before the header.
        header: names as in the file; None: the file has no header line.
        width: fields of a record.
        score: how well the sample fits, 0 to 1.
    """

    dialect: Dialect
    preamble: int
    header: tuple[str, ...] | None
    width: int
    score: float


@dataclass(frozen=True)
class Pins:
    """What sources.yml declares about the format of a feed; None: detected."""

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: bool | tuple[str, ...] | None = None
    skip_lines: int | None = None
    records: str | None = None
    sheet: str | None = None
    mapped: frozenset[str] = frozenset()


def detect(sample: bytes, encoding: str, pins: Pins, *, complete: bool) -> Layout:
    """The dialect under which the sample is most regular.

    Args:
        sample: the first lines, whole, without the mark.
        encoding: a codec in which structural characters are single bytes, or UTF-8.
        pins: what is known already.
        complete: whether the sample is the whole file.
    """
    starts, ends = line_bounds(sample, _LINES + (pins.skip_lines or 0))
    complete = complete and (not ends or not sample[ends[-1] :].strip(b"\r\n"))
    first = min(pins.skip_lines or 0, max(len(starts) - 1, 0))
    starts, ends = starts[first:], ends[first:]
    best: tuple[float, Dialect, list[tuple[int, list[str]]]] | None = None
    for dialect, weight in _candidates(sample[: ends[-1]] if ends else b"", encoding, pins):
        records = _records(dialect, sample, starts, ends, encoding, complete=complete)
        score = weight * _score(records, pins.mapped)
        if best is None or score > best[0] + 1e-9:
            best = (score, dialect, records)
    if best is None:
        return Layout(Dialect(), 0, (), 0, 0.0)
    score, dialect, records = best
    if not dialect.padded and _is_padded(records) and pins.delimiter is None:
        dialect = replace(dialect, padded=True)
        records = _records(dialect, sample, starts, ends, encoding, complete=complete)
    return _layout(score, dialect, records, first, pins)


def line_bounds(window: bytes, most: int) -> tuple[list[int], list[int]]:
    """Starts and content ends of the first lines."""
    starts, ends = [], []
    position = 0
    for match in re.finditer(rb"\r\n|\n|\r", window):
        starts.append(position)
        ends.append(match.start())
        position = match.end()
        if len(starts) >= most:
            return starts, ends
    if position < len(window):
        starts.append(position)
        ends.append(len(window))
    return starts, ends


def _candidates(sample: bytes, encoding: str, pins: Pins) -> list[tuple[Dialect, float]]:
    text = sample.decode(encoding, "replace")
    if pins.delimiter is not None:
        delimiters = {pins.delimiter: 1.0}
    else:
        delimiters = {character: weight for character, weight in _WEIGHTS.items() if character in text}
        delimiters.setdefault(",", 1.0)
    found = []
    for delimiter, weight in delimiters.items():
        quotes = [pins.quote] if pins.quote is not None else _quotes(text, delimiter)
        for quote in quotes:
            escapes = [pins.escape] if pins.escape is not None else [""]
            if pins.escape is None and quote and f"\\{quote}" in text:
                escapes = ["", "\\"]
            for escape in escapes:
                parts = [part.encode(encoding, "replace") for part in (delimiter, quote, escape)]
                dialect = Dialect(parts[0], parts[1], parts[2])
                if dialect.escape == dialect.quote:
                    dialect = replace(dialect, escape=b"")
                found.append((dialect, weight * (1.0 if pins.quote is not None else _QUOTES[quote])))
    return found


def _quotes(text: str, delimiter: str) -> list[str]:
    found = ['"']
    edge = re.escape(delimiter)
    for quote in "'`":
        opening = len(re.findall(rf"(?:^|{edge}\s?){quote}", text, re.MULTILINE))
        closing = len(re.findall(rf"{quote}(?:\r?$|{edge})", text, re.MULTILINE))
        if min(opening, closing) > 0:
            found.append(quote)
    if '"' in text:
        found.append("")
    return found


def _records(
    dialect: Dialect, sample: bytes, starts: Sequence[int], ends: Sequence[int], encoding: str, *, complete: bool
) -> list[tuple[int, list[str]]]:
    """(line, fields) of each record; a malformed line has no fields."""
    parser = RecordParser(dialect, sample, starts, ends, final=complete)
    records: list[tuple[int, list[str]]] = []
    line = 0
    while line < len(starts):
        if starts[line] == ends[line]:
            line += 1
            continue
        try:
            fields, last = parser.parse(line)
        except MoreNeededError:
            break
        except MalformedError:
            records.append((line, []))
            line += 1
            continue
        records.append((line, [value.decode(encoding, "replace") for value in fields]))
        line = last + 1
    return records


def _modal_width(records: Sequence[tuple[int, list[str]]]) -> int:
    widths = Counter(len(fields) for _, fields in records if fields)
    if not widths:
        return 0
    most = max(widths.values())
    # Among equals the wider: preambles and footers are narrow.
    return max(width for width, count in widths.items() if count == most)


def _score(records: Sequence[tuple[int, list[str]]], mapped: frozenset[str]) -> float:
    if not records:
        return 0.0
    width = _modal_width(records)
    regular = [fields for _, fields in records if len(fields) == width and width]
    share = len(regular) / len(records)
    cells = [cell for fields in regular[:150] for cell in fields]
    typed = sum(map(_typed, cells)) / max(len(cells), 1)
    bonus = 0.0
    if mapped and any(mapped <= {cell.strip() for cell in fields} for _, fields in records[:100]):
        bonus = 1.0
    columns = 0.12 if width <= 1 else 1 - 1 / width
    return share * share * columns * (0.1 + 0.9 * typed) + bonus


def _typed(cell: str) -> float:
    cell = cell.strip()
    if not cell or cell.lower() in _NULL or _TYPED.fullmatch(cell):
        return 1.0
    if _WORDS.fullmatch(cell):
        return 0.9
    return 0.3 if cell[0] in "\"'" or cell[-1] in "\"'" else 0.5


def kind_of(cell: str) -> str:
    """``number``, ``date``, ``email``, ``link``, ``empty`` or ``text``."""
    cell = cell.strip()
    if not cell or cell.lower() in _NULL:
        return "empty"
    match = _TYPED.fullmatch(cell)
    return str(match.lastgroup) if match else "text"


def _is_padded(records: Sequence[tuple[int, list[str]]]) -> bool:
    following = [cell for _, fields in records for cell in fields[1:] if cell]
    return len(following) > 2 and all(cell.startswith(" ") for cell in following)


def table_layout(records: list[tuple[int, list[str]]], skipped: int, pins: Pins) -> Layout:
    """Where the table begins among records that some other reader has found."""
    return _layout(1.0, Dialect(), records, skipped, pins)


def _layout(score: float, dialect: Dialect, records: list[tuple[int, list[str]]], skipped: int, pins: Pins) -> Layout:
    width = _modal_width(records)
    if isinstance(pins.header, tuple):
        return Layout(dialect, skipped, pins.header, len(pins.header), score)
    at = _table_start(records, width, pins)
    if at is None:
        return Layout(dialect, skipped, (), 0, score)
    line, fields = records[at]
    preamble = skipped + line
    body = [values for _, values in records[at + 1 :]]
    if pins.header is False or (pins.header is None and not _is_header(fields, body, pins.mapped)):
        return Layout(dialect, preamble, None, max(width, len(fields)), score)
    if len(fields) < width and sum(any(values[len(fields) :]) for values in body) * 2 >= len(body):
        fields = fields + [""] * (width - len(fields))
    return Layout(dialect, preamble, tuple(fields), len(fields), score)


def _table_start(records: list[tuple[int, list[str]]], width: int, pins: Pins) -> int | None:
    filled = [index for index, (_, fields) in enumerate(records) if fields]
    if not filled:
        return None
    if pins.mapped:
        for index in filled[:100]:
            if pins.mapped <= {cell.strip() for cell in records[index][1]}:
                return index
    first = filled[0]
    if pins.skip_lines is not None:
        return first
    filled = _without_titles(records, filled, width)
    first = filled[0]
    own = len(records[first][1])
    if own >= width or (own >= 2 and own * 2 > width):
        return first
    for index in filled:
        if len(records[index][1]) == width:
            following = [len(fields) for _, fields in records[index + 1 : index + 6]]
            if not following or following.count(width) * 2 >= len(following):
                return index
    return first


def _without_titles(records: list[tuple[int, list[str]]], filled: list[int], width: int) -> list[int]:
    """Leaves out leading records with at most one value in many columns, when the others are mostly full."""

    def values(index: int) -> int:
        return sum(map(bool, records[index][1]))

    if width < 3 or sum(map(values, filled)) * 2 < width * len(filled):
        return filled
    titles = next((at for at, index in enumerate(filled) if values(index) > 1), 0)
    return filled[titles:]


def _is_header(fields: Sequence[str], body: Sequence[Sequence[str]], mapped: frozenset[str]) -> bool:
    if mapped and mapped <= {cell.strip() for cell in fields}:
        return True
    votes = 0
    for position, name in enumerate(fields):
        kinds = Counter(kind_of(values[position]) for values in body if len(values) > position)
        del kinds["empty"]
        own = kind_of(name)
        if not kinds or own == "empty":
            continue
        usual, count = kinds.most_common(1)[0]
        if usual == "text" or count * 3 < kinds.total() * 2:
            votes -= own not in ("text", "number")
        else:
            votes += 1 if own == "text" else -(own == usual)
    return votes >= 0
