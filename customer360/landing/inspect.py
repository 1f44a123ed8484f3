"""First contact with a file: how it is written and what its columns seem to mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .dry_run import open_alone, values
from .kinds import kind_of
from .reading import TableFile

_MOST_ROWS = 20_000
_MOST_DISTINCT = 5_000
_PHONE = re.compile(r"(?:tel:)?\+?[\d\s().\-/]{6,22}(?:\s?(?:x|ext\.?)\s?\d+)?", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}\b")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
# What the words of a header say, in the languages that our users write headers in; first match wins.
_WORDS = (
    ("email", r"e?-?mail|courriel|correo"),
    ("phone", r"phone|\btel(e(fon|phone|fono))?\b|tele?f|mobile|gsm|handy|\bfax\b"),
    ("birth_date", r"birth|naissance|dob\b|geb(urt)?|nacimiento|nascita"),
    ("first_name", r"first|given|fore|\bfname|prenom|prénom|vorname|nombre\b"),
    ("middle_name", r"middle.?name"),
    ("last_name", r"last.?name|\blname|surname|family|^nom$|nom.?de.?famille|nachname|apellido|cognome"),
    ("full_name", r"^((full|customer|display|account|contact|member) ?)?name$|client ?name"),
    ("organisation_name", r"company|organi[sz]ation|societe|société|firma|empresa"),
    ("product_name", r"(product|item|article).?(name|description)"),
    ("product_id", r"(product|item|article|sku).?(id|code|no)\b|^sku$|stock.?code"),
    ("gender", r"gender|sex[eo]?\b|geschlecht"),
    ("postcode", r"post.?code|postal|zip|plz\b|\bcap\b|codigo.?postal"),
    ("city", r"\bcity|town|ville|\bort\b|stadt|ciudad|citta|suburb"),
    ("country", r"country|pays|\bland\b|\bpais"),
    ("region", r"region|\bstate\b|province|county|bundesland"),
    ("address", r"\baddress|adresse|street|strasse|straße|\brue\b|direccion|indirizzo"),
    ("email_consent", r"consent|opt.?in|newsletter"),
    ("updated_at", r"updated|modif|changed"),
    ("created_at", r"created|cree|créé|joined|signup|sign.?up|registered|creation"),
    ("currency", r"currency|devise|waehrung|währung|moneda"),
    ("quantity", r"quantity|qty|quantite|menge"),
    ("ordered_at", r"order.?(date|time|ed)|date.?commande|invoice.?date|issued"),
    ("amount", r"amount|total|price|montant|betrag|importe|value|revenue"),
    ("status", r"status|etat|état"),
    ("channel", r"^channel$"),
)
# What a column must not look like, whatever its name says.
_KINDS = {
    "email": frozenset({"email", "text", "empty"}),
    "phone": frozenset({"phone", "number", "text", "empty", "id"}),
    **dict.fromkeys(("birth_date", "updated_at", "created_at", "ordered_at"), frozenset({"date", "number", "empty"})),
    **dict.fromkeys(("amount", "quantity"), frozenset({"number", "money", "empty"})),
    **dict.fromkeys(("first_name", "last_name", "full_name", "city", "country"), frozenset({"text", "empty"})),
}


@dataclass
class Column:
    """What a column holds, over the rows looked at.

    Attributes:
        filled: share of rows with a value.
        kind: ``number``, ``money``, ``date``, ``time``, ``email``, ``phone``, ``link``, ``id``, ``text`` or ``empty``.
        meaning: the canonical field that it seems to be, or empty.
        distinct: different values, at most the number that is counted.
        day_first: what dates such as 03/04/2026 mean, by a value above 12 in them; None: they do not tell.
    """

    name: str
    filled: float
    kind: str
    meaning: str
    distinct: int
    examples: list[str]
    day_first: bool | None = None


@dataclass
class _Gathered:
    filled: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    distinct: set[str] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)
    firsts: int = 0
    seconds: int = 0
    compact: int = 0

    def take(self, value: str) -> None:
        self.filled += 1
        kind = kind_of(value)
        if kind in ("text", "number") and _PHONE.fullmatch(value) and 7 <= sum(map(str.isdigit, value)) <= 15:
            kind = "phone" if not value.strip().isdigit() or value.strip().startswith("0") else kind
        if kind == "number" and re.search("[$€£]", value):
            kind = "money"
        elif kind == "number" and _COMPACT_DATE.fullmatch(value.strip()):
            self.compact += 1
        self.kinds[kind] += 1
        if len(self.distinct) < _MOST_DISTINCT:
            self.distinct.add(value)
        if len(self.examples) < 3 and value not in self.examples:
            self.examples.append(value)
        if kind == "date" and (match := _AMBIGUOUS.match(value)):
            self.firsts += int(match[1]) > 12
            self.seconds += int(match[2]) > 12


@dataclass(frozen=True)
class Inspection:
    """What was seen in a file."""

    path: Path
    table: TableFile
    rows: int
    rejected: int
    columns: list[Column]


def inspect(path: Path) -> Inspection:
    """Looks at the first rows of a file.

    Raises:
        UnreadableError: it cannot be read at all.
    """
    table = open_alone(path)
    gathered: dict[str, _Gathered] = {}
    rows = rejected = 0
    for block in table.blocks():
        rejected += len(block.rejects)
        for row in values(block, table.wire):
            rows += 1
            for name, value in zip(block.columns, row, strict=True):
                entry = gathered.setdefault(name, _Gathered())
                if value.strip():
                    entry.take(value)
        if rows >= _MOST_ROWS:
            break
    columns = [_column(name, gathered.get(name, _Gathered()), rows) for name in list(gathered) or table.columns]
    return Inspection(path, table, rows, rejected, columns)


def _column(name: str, seen: _Gathered, rows: int) -> Column:
    kind = seen.kinds.most_common(1)[0][0] if seen.kinds else "empty"
    if seen.compact * 10 > seen.filled * 9:
        kind = "date"
    all_different = seen.filled > 1 and len(seen.distinct) == min(seen.filled, _MOST_DISTINCT)
    meaning = _meaning(name, kind)
    if meaning == "amount" and kind == "number":
        kind = "money"
    looks_like_id = re.search(r"(^|[_\W])(id|no|nr|num|number|code|key|ref|uuid)([_\W]|$)|id$", name, re.IGNORECASE)
    if all_different and looks_like_id and kind in ("number", "text", "phone"):
        kind, meaning = "id", "id"
    first = None if bool(seen.firsts) == bool(seen.seconds) else bool(seen.firsts)
    filled = seen.filled / rows if rows else 0.0
    return Column(name, filled, kind, meaning, len(seen.distinct), seen.examples, first)


def _meaning(name: str, kind: str) -> str:
    words = re.sub(r"[_\s]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().lower()
    for field_name, pattern in _WORDS:
        if re.search(pattern, words) and kind in _KINDS.get(field_name, {kind}):
            return field_name
    return {"email": "email", "phone": "phone"}.get(kind, "")


def described(found: Inspection) -> Iterator[str]:
    """The inspection as lines for people."""
    read = found.table.described()
    yield f"{found.path.name}: " + ", ".join(
        f"{key} {value!r}" if isinstance(value, str) else f"{key} {value}"
        for key, value in read.items()
        if key not in ("columns", "types")
    )
    more = "" if found.rows < _MOST_ROWS else ", the first of the file"
    yield f"{found.rows:,} rows{more}; {found.rejected:,} cannot be landed: {dict(found.table.tally.reasons)}"
