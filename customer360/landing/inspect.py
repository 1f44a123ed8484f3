"""First contact with a file: how it is written, what its columns seem to mean, and a sources.yml to start from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from customer360.sources import ENTITIES

from .dry_run import open_alone, values
from .kinds import kind_of
from .reading import TableFile

_MOST_ROWS = 20_000
_MOST_DISTINCT = 5_000
_PHONE = re.compile(r"(?:tel:)?\+?[\d\s().\-/]{6,22}(?:\s?(?:x|ext\.?)\s?\d+)?", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}\b")
# What the words of a header say, in the languages that our users write headers in; first match wins.
_WORDS = (
    ("email", r"e?-?mail|courriel|correo"),
    ("phone", r"phone|tel(e(fon|phone|fono))?\b|tele?f|mobile|gsm|handy"),
    ("birth_date", r"birth|naissance|dob\b|geb(urt)?|nacimiento|nascita"),
    ("first_name", r"first|given|fore|prenom|prénom|vorname|nombre\b"),
    ("last_name", r"last.?name|surname|family|^nom$|nom.?de.?famille|nachname|apellido|cognome"),
    ("full_name", r"^(full.?|customer.?|display.?)?name$|client.?name"),
    ("organisation_name", r"company|organi[sz]ation|societe|société|firma|empresa"),
    ("gender", r"gender|sex[eo]?\b|geschlecht"),
    ("postcode", r"post.?code|postal|zip|plz\b|cap\b|codigo.?postal"),
    ("city", r"city|town|ville|ort\b|stadt|ciudad|citta|suburb"),
    ("country", r"country|pays|land\b|pais"),
    ("region", r"region|state|province|county|bundesland"),
    ("address", r"address|adresse|street|strasse|straße|rue\b|direccion|indirizzo"),
    ("email_consent", r"consent|opt.?in|newsletter"),
    ("updated_at", r"updated|modif|changed"),
    ("created_at", r"created|cree|créé|joined|signup|registered|creation"),
    ("currency", r"currency|devise|waehrung|währung|moneda"),
    ("quantity", r"quantity|qty|quantite|menge"),
    ("amount", r"amount|total|price|montant|betrag|importe|value|revenue"),
    ("status", r"status|etat|état"),
    ("ordered_at", r"order.?(date|time|ed)|date.?commande|invoice.?date|issued"),
)


@dataclass
class Column:
    """What a column holds, over the rows looked at.

    Attributes:
        filled: share of rows with a value.
        kind: ``number``, ``date``, ``email``, ``phone``, ``link``, ``id``, ``text`` or ``empty``.
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

    def take(self, value: str) -> None:
        self.filled += 1
        kind = kind_of(value)
        if kind in ("text", "number") and _PHONE.fullmatch(value) and 7 <= sum(map(str.isdigit, value)) <= 15:
            kind = "phone" if not value.strip().isdigit() or value.strip().startswith("0") else kind
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
    all_different = seen.filled > 1 and len(seen.distinct) == min(seen.filled, _MOST_DISTINCT)
    meaning = _meaning(name, kind)
    looks_like_id = re.search(r"(^|[_\W])(id|no|nr|num|number|code|key|ref|uuid)([_\W]|$)|id$", name, re.IGNORECASE)
    if all_different and looks_like_id and kind in ("number", "text", "phone"):
        kind, meaning = "id", "id"
    first = None if bool(seen.firsts) == bool(seen.seconds) else bool(seen.firsts)
    filled = seen.filled / rows if rows else 0.0
    return Column(name, filled, kind, meaning, len(seen.distinct), seen.examples, first)


def _meaning(name: str, kind: str) -> str:
    words = re.sub(r"[_\s]+", " ", name).strip().lower()
    for field_name, pattern in _WORDS:
        if re.search(pattern, words):
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


def proposed(found: Inspection) -> str:
    """A sources.yml to start from."""
    entity = _entity(found.columns)
    known = ENTITIES[entity]
    mapping: dict[str, str] = {}
    for column in found.columns:
        key = known.fields[0] if column.meaning == "id" else column.meaning
        if key in known.fields and key not in mapping:
            mapping[key] = column.name
    for required in known.required:
        mapping.setdefault(required, "FILL IN")
    ordered = {name: mapping[name] for name in known.fields if name in mapping}
    feed: dict[str, object] = {"files": [found.path.name], "columns": ordered}
    order = {column.day_first for column in found.columns} - {None}
    if len(order) == 1:
        feed["date_order"] = "dmy" if order.pop() else "mdy"
    source = re.sub(r"[^a-z0-9]+", "_", found.path.name.split(".")[0].lower()).strip("_")[:30]
    source = source if source[:1].isalpha() else f"source_{source}"[:30]
    document = {"version": 1, "sources": {source: {entity: feed}}}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _entity(columns: Sequence[Column]) -> str:
    meanings = {column.meaning for column in columns}
    if "quantity" in meanings and "amount" in meanings and not meanings & {"email", "last_name"}:
        return "order_lines"
    return "orders" if meanings & {"amount", "ordered_at"} and "birth_date" not in meanings else "customers"
