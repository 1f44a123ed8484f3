"""`make bench-pollution`: a clean table, spoilt in every way that the Pollock benchmark knows, and ten measures a file.

The kinds of pollution, the measures and the expected answers follow the published benchmark (Vitagliano et al.,
"Pollock: A Data Loading Benchmark", PVLDB 2023): a separator too many or too few, a stray quote and another delimiter
in each row and column; other delimiters, quotes, escapes and line ends; preambles, several headers, several tables. A
separator too few or too many leaves the expected table as it was; a stray quote is part of the expected value.
The table and the code are our own.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from customer360.landing.dry_run import land_one
from customer360.marked import write_marked

Rows = list[list[str]]
MEASURES = ("success", *(f"{part} {measure}" for part in ("header", "record", "cell") for measure in ("P", "R", "F1")))
_BEGIN, _END = "<!-- pollution -->", "<!-- end of pollution -->"
# How often each kind occurs among real files, in percent, rounded, after the benchmark's published weights.
SHARES = {
    "line ends LF": 36.7, "delimiter ;": 18.1, "no header": 10.2, "separator too few": 7.35, "separator too many": 7.35,
    "preamble": 6.1, "no last line end": 4.0, "delimiter comma and blank": 2.2, "header of 2 rows": 1.0,
    "header of 3 rows": 1.0, "two tables, same width": 1.4, "two tables, wider": 1.4, "two tables, narrower": 1.4,
    "empty file": 0.33, "another delimiter in a row": 0.29, "quote '": 0.24, "stray quote": 0.19, "delimiter tab": 0.1,
    "delimiter blank": 0.07, "line ends CR": 0.15, "no escape": 0.08, "two last line ends": 0.11, "one row": 0.09,
    "header only": 0.07, "clean": 0.02, "escape \\": 0.02,
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A table with the way it is written.

    Attributes:
        quoted: per row and column, whether the cell stands in quotes.
        separators: per row, the delimiters between its cells.
    """

    cells: Rows
    quoted: list[list[bool]]
    separators: list[list[str]]
    quote: str = '"'
    escape: str = '"'
    end: str = "\r\n"
    last_end: str | None = None

    def text(self) -> str:
        lines = []
        for cells, quoted, separators in zip(self.cells, self.quoted, self.separators, strict=True):
            shown = []
            for cell, is_quoted in zip(cells, quoted, strict=True):
                inner = cell.replace('"', self.escape + '"') if is_quoted else cell
                shown.append(self.quote + inner + self.quote if is_quoted else inner)
            lines.append("".join(a + b for a, b in zip(shown, [*separators, ""], strict=True)))
        return self.end.join(lines) + (self.end if self.last_end is None else self.last_end)


@dataclass(frozen=True)
class Polluted:
    """A spoilt file: what is in it and what a loader should find.

    Attributes:
        told: delimiter, quote, escape, lines before the data, names: for loaders that must be told.
    """

    name: str
    kind: str
    content: bytes
    expected: Rows
    told: dict[str, object]


def clean_table(rows: int, seed: int = 1) -> Rows:
    """Orders of a shop: dates, times, numbers, ids, money, words, quoted prose, links, remarks that may be missing."""
    rng = random.Random(seed)
    things = ["Rain Boots", "Field Jacket", "Fly Rod", 'Dining Table, Round 48"', "Trail Shoes", "Men's Hat, 7\" Brim"]
    prose = ["Light, dry and warm", "Rugged enough for peaks, yet quick", 'Our 8\\\'9" rod, made for her',
             "You won't feel them", "Made for kids, by parents"]  # fmt: skip
    table = [["day", "time", "pieces", "code", "price", "article", "description", "link", "remark"]]
    for at in range(rows):
        code = f"{rng.choice(['MG', 'RI', 'BH', 'GN'])}-{rng.randrange(1000, 9999)}"
        table.append([
            f"{at % 28 + 1:02d}/{at % 12 + 1:02d}/2018", f"{at // 4 % 24:02d}:{at % 4 * 15:02d}", str(rng.randrange(9)),
            code, f"${rng.randrange(500, 9999) / 100:.2f}", things[at % len(things)],
            f"{rng.choice(prose[:2] * 5 + prose)}; {at} in stock.", f"https://shop.example.com/p/{code}.html",
            rng.choice(["", "", "gift", "call, then ring"]),
        ])  # fmt: skip
    return table


def written(table: Rows, delimiter: str = ",", keep_quotes: Rows | None = None) -> Written:
    """As most programs write it: a cell stands in quotes where it must, prose and links always."""
    quoted = [
        [at in (6, 7) or any(sign in cell for sign in ',"') for at, cell in enumerate(row)]
        for row in (keep_quotes or table)
    ]
    return Written(table, quoted, [[delimiter] * (len(row) - 1) for row in table])


def polluted_files(rows: int = 60, seed: int = 1) -> Iterator[Polluted]:
    """Every variant of the clean table."""
    table = clean_table(rows, seed)
    width = len(table[0])
    clean = written(table)
    told: dict[str, object] = {"delimiter": ",", "quote": '"', "escape": '"', "skip": 1, "names": table[0]}

    def made(kind: str, form: Written, expected: Rows = table, at: str = "", **more: object) -> Polluted:
        return Polluted(f"{kind}{at}", kind, form.text().encode(), expected, told | more)

    yield made("clean", clean)
    yield Polluted("empty file", "empty file", b"", [], told | {"skip": 0, "names": []})
    yield made("no last line end", replace(clean, last_end=""))
    yield made("two last line ends", replace(clean, last_end="\r\n\r\n"))
    yield made("no header", written(table[1:]), table[1:], skip=0, names=[])
    for extra in (1, 2):
        joined = [[" ".join([name] * (extra + 1)) for name in table[0]], *table[1:]]
        repeated = written([table[0]] * extra + table)
        yield made(f"header of {extra + 1} rows", repeated, joined, skip=extra + 1, names=joined[0])
    blank = [""] * (width - 1)
    yield made("preamble", written([["PREAMBLE", *blank], ["", *blank], *table]), skip=3)
    for kind, second in (
        ("narrower", [row[:-1] for row in table]),
        ("same width", table),
        ("wider", [[*row, "more" if at == 0 else row[-1]] for at, row in enumerate(table)]),
    ):
        yield made(f"two tables, {kind}", written([*table, *second]))
    yield made("header only", written(table[:1]), table[:1])
    yield made("one row", written(table[:2]), table[:2])
    for row in range(len(table)):
        for column in range(width):
            place = f" {row}/{column}"
            separators = list(clean.separators[row])
            separators.insert(column, ",")
            # The surplus separator stands before the cell, or after the last one.
            more = [*table[row][:column], "", *table[row][column:]]
            marks = [*clean.quoted[row][:column], False, *clean.quoted[row][column:]]
            yield made("separator too many", _with_row(clean, row, more, marks, separators), at=place)
            if column:
                separators = list(clean.separators[row])
                separators[column - 1] = ""
                joined_row = _with_row(clean, row, table[row], clean.quoted[row], separators)
                yield made("separator too few", joined_row, at=place)
            stray = [*table[row][:column], '"' + table[row][column], *table[row][column + 1 :]]
            text = _with_stray_quote(clean, row, column)
            yield Polluted(f"stray quote{place}", "stray quote", text.encode(),
                           [*table[:row], stray, *table[row + 1 :]], told)  # fmt: skip
        yield made("another delimiter in a row", _with_row(clean, row, table[row], clean.quoted[row],
                                                           [" "] * (width - 1)), at=f" {row}")  # fmt: skip
    yield made("line ends LF", replace(clean, end="\n"))
    yield made("line ends CR", replace(clean, end="\r"))
    names = {";": "delimiter ;", "\t": "delimiter tab", ", ": "delimiter comma and blank", " ": "delimiter blank"}
    for delimiter, kind in names.items():
        yield made(kind, written(table, delimiter), delimiter=delimiter)
    # As the benchmark has it, quotes inside are not adapted to the other quote.
    yield made("quote '", replace(clean, quote="'"), quote="'")
    yield made("escape \\", replace(clean, escape="\\"), escape="\\")
    yield made("no escape", replace(clean, escape=""), escape="")


def _with_row(form: Written, row: int, cells: list[str], quoted: list[bool], separators: list[str]) -> Written:
    def put(of: list, value: list) -> list:  # type: ignore[type-arg]
        return [*of[:row], value, *of[row + 1 :]]

    return replace(
        form, cells=put(form.cells, cells), quoted=put(form.quoted, quoted), separators=put(form.separators, separators)
    )


def _with_stray_quote(form: Written, row: int, column: int) -> str:
    """A quote more at the start of a cell, within its quotes where it has some, and not escaped."""
    mark = "\x00"
    cells = [*form.cells[row][:column], mark + form.cells[row][column], *form.cells[row][column + 1 :]]
    return _with_row(form, row, cells, form.quoted[row], form.separators[row]).text().replace(mark, '"')


def measures(expected: Rows, found: Rows | None) -> list[float]:
    """The ten measures; None: nothing was loaded."""
    if found is None:
        return [0.0] * 10
    if not expected:
        return [1.0] * 10
    lower = [[cell.lower() for cell in row] for row in expected], [[cell.lower() for cell in row] for row in found]
    parts: list[tuple[Sequence[str], Sequence[str]]] = [
        (lower[0][0], lower[1][0] if found else []),
        (["".join(row) for row in lower[0][1:]], ["".join(row) for row in lower[1][1:]]),
        ([cell for row in expected for cell in row], [cell for row in found for cell in row]),
    ]
    scores = [1.0]
    for wanted, got in parts:
        common = (Counter(wanted) & Counter(got)).total()
        if not wanted:
            scores += [1.0, 1.0, 1.0]
        elif not common:
            scores += [0.0, 0.0, 0.0]
        else:
            first, second = common / len(wanted), common / len(got)
            scores += [first, second, 2 * first * second / (first + second)]
    return scores


def by_us(path: Path, _file: Polluted) -> Rows | None:
    out = path.with_suffix(".out")
    if land_one(path, out).out is None:
        return None
    with out.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))


def by_python(path: Path, _file: Polluted) -> Rows | None:
    with path.open(encoding="utf-8", newline="") as text:
        try:
            dialect = csv.Sniffer().sniff(text.read())
            text.seek(0)
            return list(csv.reader(text, dialect))
        except csv.Error:
            return None


def by_duckdb(path: Path, _file: Polluted) -> Rows | None:
    return _duckdb(path, all_varchar=True)


def by_duckdb_told(path: Path, file: Polluted) -> Rows | None:
    if not file.told["names"]:
        return None
    return _duckdb(
        path, delimiter=file.told["delimiter"], quotechar=file.told["quote"], escapechar=file.told["escape"],
        skiprows=file.told["skip"], header=False, auto_detect=False,
        columns={str(name): "VARCHAR" for name in file.told["names"]},  # type: ignore[attr-defined]
    )  # fmt: skip


def _duckdb(path: Path, **options: object) -> Rows | None:
    import duckdb

    try:
        # As the benchmark calls it.
        table = duckdb.read_csv(str(path), strict_mode=False, ignore_errors=True, null_padding=True, **options)  # type: ignore[arg-type]
        rows = [["" if value is None else str(value) for value in row] for row in table.fetchall()]
        return [list(table.columns), *rows]
    except duckdb.Error:
        return None


LOADERS: dict[str, Callable[[Path, Polluted], Rows | None]] = {
    "customer360": by_us,
    "DuckDB, told the dialect": by_duckdb_told,
    "DuckDB by itself": by_duckdb,
    "Python's csv": by_python,
}


def scores(files: Sequence[Polluted], loaders: Sequence[str]) -> dict[str, dict[str, list[tuple[str, list[float]]]]]:
    """Loader -> kind -> (file, its ten measures)."""
    found: dict[str, dict[str, list[tuple[str, list[float]]]]] = {name: defaultdict(list) for name in loaders}
    with tempfile.TemporaryDirectory(prefix="c360-pollution-") as folder:
        path = Path(folder) / "polluted.csv"
        for file in files:
            path.write_bytes(file.content)
            for name in loaders:
                found[name][file.kind].append((file.name, measures(file.expected, LOADERS[name](path, file))))
    return found


def simple(kinds: dict[str, list[tuple[str, list[float]]]]) -> float:
    """The mean over the files, 0 to 10."""
    sums = [sum(values) for files in kinds.values() for _, values in files]
    return sum(sums) / len(sums)


def weighted(kinds: dict[str, list[tuple[str, list[float]]]]) -> float:
    """The mean over the kinds, weighed by how often each occurs."""
    total = sum(SHARES[kind] for kind in kinds)
    return sum(SHARES[kind] * simple({kind: files}) for kind, files in kinds.items()) / total


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=83)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="kinds to run, a pattern")
    parser.add_argument("--loaders", default="", help="pattern")
    parser.add_argument("--worst", type=int, default=0, help="show the worst files of ours")
    parser.add_argument("--write", action="store_true", help="put the table into docs/landing.md")
    options = parser.parse_args()
    files = [file for file in polluted_files(options.rows, options.seed) if re.search(options.only, file.kind)]
    names = [name for name in LOADERS if re.search(options.loaders, name)]
    found = scores(files, names)
    lines = ["| kind | files | " + " | ".join(names) + " |", "| --- | ---: |" + " ---: |" * len(names)]
    for kind in dict.fromkeys(file.kind for file in files):
        cells = [f"{simple({kind: found[name][kind]}):.2f}" for name in names]
        lines.append(f"| {kind} | {len(found[names[0]][kind])} | " + " | ".join(cells) + " |")
    means = [" | ".join(f"**{mean(found[name]):.3f}**" for name in names) for mean in (simple, weighted)]
    lines.append(f"| **all, each file alike** | {len(files)} | {means[0]} |")
    lines.append(f"| **all, as often as in real files** | | {means[1]} |")
    sys.stdout.write("\n".join(lines) + "\n")
    worst = sorted((sum(values), name) for kind in found[names[0]].values() for name, values in kind)
    for score, name in worst[: options.worst]:
        sys.stdout.write(f"{score:6.3f} {name}\n")
    if options.write:
        write_marked(Path("docs/landing.md"), _BEGIN, _END, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
