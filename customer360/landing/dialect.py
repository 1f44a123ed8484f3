"""Detects how a delimited file is written and where its table begins, from its first lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .kinds import Profile, kind_of, likeness, profile_of
from .mend import parsed, readings
from .parser import Dialect, MalformedError, MoreNeededError, RecordParser

_LINES = 300
# A rare delimiter has to make its case better than a common one.
_WEIGHTS = dict.fromkeys(",;\t|", 1.0) | dict.fromkeys("\x1f\x01~^§¦", 0.9) | dict.fromkeys(": ", 0.6)
_WEIGHTS |= dict.fromkeys("*#&!", 0.5) | dict.fromkeys("/-=", 0.3)
# Quotes that are no quotes are rare, quotes that a fault has spoilt are not.
_QUOTES = {'"': 1.0, "'": 0.97, "`": 0.9, "": 0.75}
# A record whose quotes only make sense when read leniently counts less, a table that does not start at once too.
_LENIENT = 0.7
_LATE = 0.8
_LONGEST_NAME = 200  # characters: more is a text


@dataclass(frozen=True)
class Layout:
    """What was found, or declared.

    Attributes:
        dialect: how records are written.
        preamble: lines before the header.
        header: names as in the file; None: the file has no header line.
        width: fields of a record.
        score: how well the sample fits, 0 to 1.
        header_rows: records that make up the header.
        proven: whether the header cannot be a row like the others.
        profile: what the sound records hold; None: too few to say.
        trails: whether records commonly end with a delimiter too many.
        ragged: whether records commonly leave out empty fields at their end.
    """

    dialect: Dialect
    preamble: int
    header: tuple[str, ...] | None
    width: int
    score: float
    header_rows: int = 1
    proven: bool = False
    profile: Profile | None = None
    trails: bool = False
    ragged: bool = False


@dataclass(frozen=True)
class _Record:
    """A record of the sample: its first line, its fields (none: malformed), whether they were read leniently."""

    line: int
    fields: list[str]
    lenient: bool = False


@dataclass(frozen=True)
class Pins:
    """What sources.yml declares about the format of a feed; None: detected."""

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: bool | tuple[str, ...] | None = None
    skip_lines: int | None = None
    mend: bool = True
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
    best: tuple[float, Dialect, list[_Record]] | None = None
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
    lines = [sample[start:end] for start, end in zip(starts, ends, strict=True)]
    return _layout(score, dialect, _with_header(records, lines, dialect, encoding, pins), first, pins)


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
                own = weight * (1.0 if pins.quote is not None else _QUOTES[quote])
                found.append((dialect, own))
                if pins.delimiter is None and delimiter != " " and f"{delimiter} {quote}" in text and quote:
                    found.append((replace(dialect, padded=True), own))
    return found


def _quotes(text: str, delimiter: str) -> list[str]:
    found = ['"']
    edge = re.escape(delimiter)
    for quote in "'`":
        opening = len(re.findall(rf"(?:^|{edge}\s?){quote}", text, re.MULTILINE))
        closing = len(re.findall(rf"{quote}(?:[\r\n]|$|{edge})", text, re.MULTILINE))
        if min(opening, closing) > 0:
            found.append(quote)
    if '"' in text:
        found.append("")
    return found


def _records(
    dialect: Dialect, sample: bytes, starts: Sequence[int], ends: Sequence[int], encoding: str, *, complete: bool
) -> list[_Record]:
    parser = RecordParser(dialect, sample, starts, ends, final=complete)
    records: list[_Record] = []
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
            fields, last = parsed(sample[starts[line] : ends[line]], replace(dialect, lenient=True)) or [], line
            records.append(_Record(line, [value.decode(encoding, "replace") for value in fields], lenient=True))
        else:
            records.append(_Record(line, [value.decode(encoding, "replace") for value in fields]))
        line = last + 1
    return records


def _modal_width(records: Sequence[_Record]) -> int:
    widths = Counter(len(record.fields) for record in records if record.fields)
    if not widths:
        return 0
    most = max(widths.values())
    # Among equals the wider: preambles and footers are narrow.
    return max(width for width, count in widths.items() if count == most)


def _score(records: Sequence[_Record], mapped: frozenset[str]) -> float:
    if not records:
        return 0.0
    width = _modal_width(records)
    weights: Counter[int] = Counter()
    for record in records:
        weights[len(record.fields)] += _LENIENT if record.lenient else 1.0  # type: ignore[assignment]
    # A file may hold two tables: each is regular.
    regular = sum((weight / len(records)) ** 2 for own, weight in weights.items() if own > 1 or own == width > 0)
    cells = [cell for record in records[:150] if len(record.fields) == width for cell in record.fields]
    typed = sum(map(likeness, cells)) / max(len(cells), 1)
    bonus = 0.0
    if mapped and any(mapped <= {cell.strip() for cell in record.fields} for record in records[:100]):
        bonus = 1.0
    columns = 0.12 if width <= 1 else 1 - 1 / width
    late = 1.0 if width < 3 or len(records[0].fields) * 2 > width else _LATE
    return late * regular * columns * (0.1 + 0.9 * typed) + bonus


def _is_padded(records: Sequence[_Record]) -> bool:
    following = [cell for record in records for cell in record.fields[1:] if cell]
    return len(following) > 2 and all(cell.startswith(" ") for cell in following)


def table_layout(records: list[tuple[int, list[str]]], skipped: int, pins: Pins) -> Layout:
    """Where the table begins among records that some other reader has found."""
    return _layout(1.0, Dialect(), [_Record(line, fields) for line, fields in records], skipped, pins)


def _with_header(
    records: list[_Record], lines: list[bytes], dialect: Dialect, encoding: str, pins: Pins
) -> list[_Record]:
    """Reads the line before the table anew where only a header that breaks the rules can be meant."""
    width = _modal_width(records)
    at = next((at for at, record in enumerate(records) if len(record.fields) == width), 0)
    if at == 0 or width < 3 or pins.header is not None or pins.mapped:
        return records
    line = lines[records[at - 1].line]
    body = [record.fields for record in records[at:]]
    if line.startswith(b"#") or _header_votes(body[0], body[1:]) > 0:
        return records
    found = min(readings(line, dialect, width), default=None) if records[at - 1].lenient else None
    fields = found[2] if found else None
    if fields is None and records[at - 1].lenient:
        fields = parsed(line, replace(dialect, quote=b"", escape=b""))
    for delimiter in ",;\t| ":
        if fields is None and delimiter.encode(encoding) != dialect.delimiter:
            fields = parsed(line, replace(dialect, delimiter=delimiter.encode(encoding), padded=False))
            fields = fields if fields is not None and len(fields) == width else None
    if fields is None:
        return records
    names = [field.decode(encoding, "replace") for field in fields]
    if len(names) != width and (not records[at - 1].lenient or len(names) * 2 < width):
        return records
    if _header_votes(names, body) <= 0:
        return records
    return [*records[: at - 1], _Record(records[at - 1].line, names), *records[at:]]


def _layout(score: float, dialect: Dialect, records: list[_Record], skipped: int, pins: Pins) -> Layout:
    width = _modal_width(records)
    if isinstance(pins.header, tuple):
        width = len(pins.header)
        return _witnessed(Layout(dialect, skipped, pins.header, width, score), records, mend=pins.mend)
    at = _table_start(records, width, pins)
    if at is None:
        return Layout(dialect, skipped, (), 0, score)
    fields = records[at].fields
    preamble = skipped + records[at].line
    following = records[at + 1 :]
    body = [record.fields for record in following]
    if pins.header is False or (pins.header is None and not _is_header(fields, body, pins.mapped)):
        layout = Layout(dialect, preamble, None, max(width, len(fields)), score)
        return _witnessed(layout, records[at:], mend=pins.mend)
    fields = _names_for(fields, body, width)
    rows = 1 if pins.mapped or pins.header is not None else _header_rows(fields, following)
    if rows > 1:
        names = [fields, *body[: rows - 1]]
        fields = [" ".join(part for part in parts if part) for parts in zip(*names, strict=True)]
    proven = bool(pins.mapped or pins.header) or _header_votes(fields, body) > 0
    layout = Layout(dialect, preamble, tuple(fields), len(fields), score, rows, proven)
    return _witnessed(layout, following[rows - 1 :], mend=pins.mend)


def _witnessed(layout: Layout, records: Sequence[_Record], *, mend: bool) -> Layout:
    """With what the records after the header tell about the others."""
    width = layout.width
    sound = [record.fields for record in records if len(record.fields) == width and not record.lenient]
    longer = sum(len(record.fields) > width for record in records)
    trailing = sum(len(record.fields) > width and not any(record.fields[width:]) for record in records)
    shorter = len({len(record.fields) for record in records if 0 < len(record.fields) < width})
    short = sum(0 < len(record.fields) < width for record in records)
    # Records of several lengths, none too long: whoever wrote them left out empty cells at the end.
    ragged = longer == 0 and shorter > 1 and short * 4 >= len(records) >= 10 and len(sound) * 10 >= len(records)
    trails = trailing * 2 >= len(records)
    if not mend:
        return replace(layout, trails=trails)
    return replace(layout, profile=profile_of(sound, width) if width else None, trails=trails, ragged=ragged)


def _names_for(fields: list[str], body: Sequence[Sequence[str]], width: int) -> list[str]:
    """The header's names, one for each field of the records where these agree on another number."""
    if (
        len(fields) > width > 1
        and len(body) >= 3
        and sum(len(values) == width for values in body) * 10 >= len(body) * 9
    ):
        named = [name for name in fields if name.strip()]
        return named if len(named) == width else fields
    agree = [values for values in body if len(values) == width]
    if len(fields) >= width or len(agree) * 5 < len(body) * 3 or not any(any(v[len(fields) :]) for v in agree):
        return fields
    missing = [""] * (width - len(fields))
    # Statistics programs number the records and give the numbers no name.
    numbers = [values[0].strip() for values in agree]
    counted = len(missing) == 1 and numbers == [str(at) for at in range(1, len(numbers) + 1)]
    return missing + fields if counted else fields + missing


def _header_rows(fields: Sequence[str], following: Sequence[_Record]) -> int:
    """Of how many records a header is made: the same names again, or words above columns that hold none."""
    rows = 1
    for at, record in enumerate(following[:3]):
        below = [entry.fields for entry in following[at + 1 :] if len(entry.fields) == len(fields)]
        if len(below) < 10 or len(record.fields) != len(fields) or len(fields) < 3:
            break
        if record.fields != list(fields):
            profile = profile_of(below, len(fields))
            if profile is None or sum(profile.typed) < 3 or not all(map(_is_a_name, record.fields)):
                break
            if not all(kind_of(record.fields[at]) == "text" for at, typed in enumerate(profile.typed) if typed):
                break
        rows += 1
    return rows


def _is_a_name(cell: str) -> bool:
    return len(cell) <= 40 and not any(map(str.isdigit, cell))


def _table_start(records: Sequence[_Record], width: int, pins: Pins) -> int | None:
    filled = [index for index, record in enumerate(records) if record.fields]
    if not filled:
        return None
    if pins.mapped:
        for index in filled[:100]:
            if pins.mapped <= {cell.strip() for cell in records[index].fields}:
                return index
    first = filled[0]
    if pins.skip_lines is not None:
        return first
    filled = _without_titles(records, filled, width)
    first = filled[0]
    own = len(records[first].fields)
    if own >= width or (own >= 2 and own * 2 > width):
        return first
    for index in filled:
        if len(records[index].fields) == width:
            following = [len(record.fields) for record in records[index + 1 : index + 6]]
            if not following or following.count(width) * 2 >= len(following):
                return index
    return first


def _without_titles(records: Sequence[_Record], filled: list[int], width: int) -> list[int]:
    """Leaves out leading records with at most one value in many columns, when the others are mostly full."""

    def values(index: int) -> int:
        return sum(map(bool, records[index].fields))

    if width < 3 or sum(map(values, filled)) * 2 < width * len(filled):
        return filled
    titles = next((at for at, index in enumerate(filled) if values(index) > 1), 0)
    return filled[titles:]


def _is_header(fields: Sequence[str], body: Sequence[Sequence[str]], mapped: frozenset[str]) -> bool:
    if mapped and mapped <= {cell.strip() for cell in fields}:
        return True
    return _header_votes(fields, body) >= 0 and not (body and max(map(len, fields), default=0) > _LONGEST_NAME)


def _header_votes(fields: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    """For each column, one vote for a name above values of another kind, one against a value among its like."""
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
    return votes
