"""Who is who, judged against the truth: ours, exact keys, and Splink on the same records."""

from __future__ import annotations

import csv
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from customer360.errors import Customer360Error
from customer360.fitting import IDENTITY, fit
from customer360.settings import Settings

from .clusters import ClusterScore, connected, score_clusters
from .folders import Say, built, copied, rows_of

FIELDS = (
    "first_name",
    "last_name",
    "organisation_name",
    "email",
    "phone",
    "birth_date",
    "address",
    "city",
    "postcode",
    "external_id_1",
    "external_id_2",
    "external_id_3",
)
# Keys that people join records by; a value that more records share is none.
KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "same e-mail": (("email",),),
    "same e-mail, phone and surname, or name and birth date": (
        ("email",),
        ("phone", "last_name"),
        ("first_name", "last_name", "birth_date"),
        ("organisation_name", "postcode"),
    ),
}
CROWD = 20
_BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99, 0.999, 1.0)


@dataclass(frozen=True)
class Reliability:
    """Pairs of records whose probabilities are alike, and how many of them are of one entity."""

    low: float
    high: float
    pairs: int
    predicted: float
    right: int


@dataclass(frozen=True)
class Mess:
    """Records that suffered one fault.

    Attributes:
        name: field and fault.
        records: how many.
        true: pairs that they should be in; ``missed`` of those were not found.
        wrong: pairs that they are in and should not be.
    """

    name: str
    records: int
    true: int
    missed: int
    wrong: int


@dataclass(frozen=True)
class HardNegative:
    """Pairs of people who look like one.

    Attributes:
        kind: why they do.
        pairs: how many there are; ``joined`` of them have records in one customer.
    """

    kind: str
    pairs: int
    joined: int


@dataclass(frozen=True)
class JudgedIdentity:
    """One set of records.

    Attributes:
        name: of the set; ``goal`` is the F1 that is asked for, if any.
        records: how many have a known entity.
        ours: score after ``make fit``; ``shipped`` with the weights as shipped.
        keys: scores of exact keys.
        splink: scores by threshold.
        reliability: of the probabilities.
        mess: by fault; ``hard`` negatives by kind; empty where the truth does not tell them.
    """

    name: str
    goal: float | None
    records: int
    ours: ClusterScore
    shipped: ClusterScore
    keys: dict[str, ClusterScore]
    splink: dict[float, ClusterScore]
    reliability: tuple[Reliability, ...]
    mess: tuple[Mess, ...] = ()
    hard: tuple[HardNegative, ...] = ()

    @property
    def splink_best(self) -> ClusterScore | None:
        """At the threshold that its labels would choose."""
        return max(self.splink.values(), key=lambda score: score.f1, default=None)

    @property
    def splink_recall(self) -> float | None:
        """Its best recall where it is at least as precise as ours; None where it nowhere is."""
        return max((s.recall for s in self.splink.values() if s.precision >= self.ours.precision), default=None)


@dataclass(frozen=True)
class _Found:
    """What one run made of the records."""

    cluster_of: dict[str, int]
    scored: list[tuple[str, str, float]] = field(default_factory=list)
    fields: dict[str, tuple[str | None, ...]] = field(default_factory=dict)
    lines: dict[tuple[str, int], str] = field(default_factory=dict)


def judge_identity(
    settings: Settings,
    data: Path,
    entity_of: Mapping[str, str],
    *,
    name: str = "",
    goal: float | None = None,
    say: Say = lambda _: None,
) -> JudgedIdentity:
    """Fits and resolves a copy of a data folder, and scores it.

    Args:
        settings: the installation.
        data: the data folder; it stays as it is, fitted seeds of its own are not used.
        entity_of: the truth, by record (``source:id``).
        name: what to call the data.
        goal: pairwise F1 that is asked for.
        say: hears a line for each stage.

    Raises:
        Customer360Error: no record of the folder has a known entity.
    """
    with copied(settings, data) as folder:
        shipped = _resolve(settings, folder, say, fitted=False)
        ours = _resolve(settings, folder, say, fitted=True)
    known = {record: entity for record, entity in entity_of.items() if record in ours.cluster_of}
    if not known:
        raise Customer360Error("none of its records is in the truth", where=str(data), how="see docs/identity.md")
    score = score_clusters(ours.cluster_of, known)
    return JudgedIdentity(
        name=name or data.name,
        goal=goal,
        records=len(known),
        ours=score,
        shipped=score_clusters(shipped.cluster_of, known),
        keys={what: score_clusters(_by_keys(ours.fields, keys), known) for what, keys in KEYS.items()},
        splink={at: score_clusters(c, known) for at, c in splink_clusters(settings, ours.fields, say).items()},
        reliability=_reliability(ours.scored, known),
        mess=_mess(data / "truth" / "faults.csv", ours, known),
        hard=_hard_negatives(data / "truth" / "people.csv", ours, known),
    )


def _resolve(settings: Settings, folder: Path, say: Say, *, fitted: bool) -> _Found:
    if fitted:
        fit(settings, str(folder), say=say, fitters=(IDENTITY,))
    return built(settings, folder, "+int_identity_clusters", _read, say=say)


def _read(connection: Any) -> _Found:
    with connection.cursor() as cursor:
        cursor.execute("select record_id, cluster_id from intermediate.int_identity_clusters")
        cluster_of = dict(cursor.fetchall())
        cursor.execute(
            "select l.record_id, r.record_id, 1 / (1 + power(2.0::float8, -least(60, greatest(-60, s.weight))))"
            " from intermediate.int_identity_scores as s"
            " join intermediate.int_identity_standardised as l on l.node_no = s.node_no_1"
            " join intermediate.int_identity_standardised as r on r.node_no = s.node_no_2"
            " where l.record_id <> r.record_id and (s.node_no_1 <> s.node_no_2 or l.record_id < r.record_id)"
        )
        scored = [(one, other, float(probability)) for one, other, probability in cursor.fetchall()]
        cursor.execute(
            "select record_id, first_name, last_name, coalesce(organisation_name,"
            " case when entity_kind = 'organisation' then full_name end), coalesce(email, email_unread),"
            " coalesce(phone, phone_unread), coalesce(birth_date::text, birth_date_unread), address, city, postcode,"
            " external_id_1, external_id_2, external_id_3 from intermediate.int_customer_records"
        )
        fields = {record: tuple(values) for record, *values in cursor.fetchall()}
        cursor.execute("select source_file, line_number, record_id from staging.stg_customers")
        lines = {(file, line): record for file, line, record in cursor.fetchall()}
    return _Found(cluster_of, scored, fields, lines)


def _by_keys(fields: Mapping[str, tuple[str | None, ...]], keys: Iterable[tuple[str, ...]]) -> dict[str, str]:
    places = [[FIELDS.index(name) for name in key] for key in keys]
    values_of: dict[str, tuple[tuple[str, ...] | None, ...]] = {}
    for record, values in fields.items():
        told = [(values[place] or "").casefold() for place in range(len(FIELDS))]
        values_of[record] = tuple(
            tuple(told[place] for place in key) if all(told[place] for place in key) else None for key in places
        )
    counts = Counter(pair for values in values_of.values() for pair in enumerate(values))
    return connected(
        {
            record: tuple(None if counts[pair] > CROWD else pair[1] for pair in enumerate(values))
            for record, values in values_of.items()
        }
    )


def splink_clusters(
    settings: Settings, fields: Mapping[str, tuple[str | None, ...]], say: Say = lambda _: None
) -> dict[float, dict[str, str]]:
    """Splink's clusters by threshold; none where its environment (``make splink``) is missing."""
    command = splink_command(settings)
    if command is None:
        say("no Splink: make splink")
        return {}
    with tempfile.TemporaryDirectory(prefix="c360-splink-") as temporary:
        records, clusters = Path(temporary) / "records.csv", Path(temporary) / "clusters.csv"
        with records.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["record_id", *FIELDS])
            writer.writerows([record, *values] for record, values in sorted(fields.items()))
        done = subprocess.run([*command, records, clusters], capture_output=True, text=True, check=False)
        if done.returncode:
            say(f"Splink failed: {done.stderr.strip()[-2000:]}")
            return {}
        found: dict[float, dict[str, str]] = defaultdict(dict)
        for row in rows_of(clusters):
            record = row.pop("record_id")
            for threshold, cluster in row.items():
                found[float(threshold)][record] = cluster
    return dict(found)


def splink_command(settings: Settings) -> list[Path] | None:
    """What runs Splink: with a CSV of records, one for the clusters, and thresholds; None without its environment."""
    python = settings.root / ".venv-splink" / "bin" / "python"
    return [python, Path(__file__).parent / "peers" / "splink_clusters.py"] if python.is_file() else None


def _reliability(scored: Iterable[tuple[str, str, float]], entity_of: Mapping[str, str]) -> tuple[Reliability, ...]:
    seen, right, total = Counter[int](), Counter[int](), defaultdict[int, float](float)
    for one, other, probability in scored:
        if one in entity_of and other in entity_of:
            at = max(place for place in range(len(_BINS) - 1) if probability >= _BINS[place])
            seen[at] += 1
            right[at] += entity_of[one] == entity_of[other]
            total[at] += probability
    return tuple(
        Reliability(_BINS[at], _BINS[at + 1], seen[at], total[at] / seen[at], right[at]) for at in sorted(seen)
    )


def _mess(path: Path, found: _Found, entity_of: Mapping[str, str]) -> tuple[Mess, ...]:
    """Faults that at least twenty records suffered, those that cost most first."""
    if not path.is_file():
        return ()
    suffered: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(path):
        record = found.lines.get((row["file"], int(row["line"])))
        if record is not None and record in entity_of:
            suffered[f"{row['field']}: {row['fault'].replace('_', ' ')}"].add(record)
    suffered["(all records)"] = set(entity_of)
    members: dict[str, list[str]] = defaultdict(list)
    mates: dict[int, list[str]] = defaultdict(list)
    for record, entity in entity_of.items():
        members[entity].append(record)
        mates[found.cluster_of[record]].append(record)
    rows = []
    for name, records in suffered.items():
        true = missed = wrong = 0
        for record in records:
            own = [other for other in members[entity_of[record]] if other != record]
            true += len(own)
            missed += sum(found.cluster_of[other] != found.cluster_of[record] for other in own)
            wrong += sum(entity_of[other] != entity_of[record] for other in mates[found.cluster_of[record]])
        if len(records) >= 20:
            rows.append(Mess(name, len(records), true, missed, wrong))
    return tuple(sorted(rows, key=lambda row: (row.name != "(all records)", -(row.missed + row.wrong), row.name)))


def _hard_negatives(path: Path, found: _Found, entity_of: Mapping[str, str]) -> tuple[HardNegative, ...]:
    if not path.is_file():
        return ()
    clusters: dict[str, set[int]] = defaultdict(set)
    emails: dict[str, set[str | None]] = defaultdict(set)
    phones: dict[str, set[str | None]] = defaultdict(set)
    for record, entity in entity_of.items():
        clusters[entity].add(found.cluster_of[record])
        emails[entity].add(found.fields[record][FIELDS.index("email")])
        phones[entity].add(found.fields[record][FIELDS.index("phone")])
    people = [row for row in rows_of(path) if row["person_id"] in clusters]
    alike: dict[str, set[tuple[str, str]]] = {
        "twins": _pairs(people, "twin", "household_id", "birth_date"),
        "of one name (father and son, namesakes)": _pairs(people, "namesake", "first_name", "last_name"),
        "one mailbox for the family": _pairs(people, "family_mailbox", "household_id"),
        "one phone for the household": _pairs(people, "one_phone", "household_id"),
        "one mailbox of a firm (info@, office@)": _sharing(people, "role_mailbox", emails),
        "a phone given to somebody else": _sharing(people, "recycled_phone", phones),
        "one household": _pairs(people, "", "household_id"),
    }
    alike["any of these"] = set().union(*alike.values())
    return tuple(
        HardNegative(kind, len(pairs), sum(bool(clusters[one] & clusters[other]) for one, other in pairs))
        for kind, pairs in alike.items()
        if pairs
    )


def _pairs(people: Iterable[Mapping[str, str]], kind: str, *shared: str) -> set[tuple[str, str]]:
    """Pairs of people of a kind who have these in common."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for person in people:
        if kind in person["hard_negative"].split("|") or not kind:
            groups[tuple(person[name] for name in shared)].append(person["person_id"])
    return {pair for values, group in groups.items() if all(values) for pair in combinations(sorted(group), 2)}


def _sharing(
    people: Iterable[Mapping[str, str]], kind: str, values_of: Mapping[str, set[str | None]]
) -> set[tuple[str, str]]:
    """Pairs of people of a kind whose records have a value in common."""
    groups: dict[str, list[str]] = defaultdict(list)
    for person in people:
        if kind in person["hard_negative"].split("|"):
            for value in values_of[person["person_id"]] - {None}:
                groups[value or ""].append(person["person_id"])
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}
