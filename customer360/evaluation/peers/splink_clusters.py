"""Clusters of records by Splink, for comparison: run by ``make evaluate-identity`` with the Python of .venv-splink.

``splink_clusters.py RECORDS.csv CLUSTERS.csv [PROBABILITY ...]``: from record_id and the fields that have any value, to
record_id and a cluster for each probability, of ``THRESHOLDS`` unless told. Trained without labels, as Splink's
documentation shows it.
"""

from __future__ import annotations

import csv
import logging
import sys
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
# A value that more records share is no key, in the fields that people hardly share.
CROWD = 50
IDENTIFIERS = ("external_id_1", "external_id_2", "external_id_3")
# A rule that makes more pairs is left out: a million records would need more memory than there is.
PAIRS_AT_MOST = 10_000_000


def comparisons() -> dict[str, Any]:
    """A comparison for each field, with term frequencies where names repeat."""
    return {
        "first_name": cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
        "last_name": cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
        "organisation_name": cl.JaroWinklerAtThresholds("organisation_name", [0.95, 0.88, 0.75]).configure(
            term_frequency_adjustments=True
        ),
        "birth_date": cl.DateOfBirthComparison("birth_date", input_is_string=True),
        "email": cl.EmailComparison("email"),
        "phone": cl.LevenshteinAtThresholds("phone", 2),
        "address": cl.LevenshteinAtThresholds("address", [2, 5]),
        "city": cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        "postcode": cl.LevenshteinAtThresholds("postcode", 1),
        **{name: cl.LevenshteinAtThresholds(name, 1) for name in IDENTIFIERS},
    }


BLOCKS = (
    ("email",),
    ("phone",),
    *((name,) for name in IDENTIFIERS),
    ("birth_date", "substr(last_name, 1, 1)"),
    ("birth_date", "substr(first_name, 1, 1)"),
    ("last_name", "postcode"),
    ("first_name", "postcode"),
    ("first_name", "last_name"),
    ("substr(first_name, 1, 3)", "substr(last_name, 1, 4)", "substr(postcode, 1, 3)"),
    ("organisation_name",),
    ("substr(organisation_name, 1, 6)",),
    ("address",),
    ("substr(organisation_name, 1, 3)", "postcode"),
    ("substr(organisation_name, 1, 3)", "city"),
)
SURE = (
    *((name,) for name in IDENTIFIERS),
    ("email",),
    ("first_name", "last_name", "birth_date"),
    ("organisation_name", "address"),
    ("organisation_name", "phone"),
)
# What is nearly sure, for records in which nothing is.
LIKELY = (
    ("first_name", "last_name"),
    ("last_name", "birth_date"),
    ("first_name", "birth_date"),
    ("organisation_name",),
)
TRAINED_ON = (
    *SURE,
    *LIKELY,
    ("birth_date",),
    ("phone",),
    ("last_name", "city"),
    ("address",),
)


def usable(rules: tuple[tuple[str, ...], ...], fields: list[str]) -> list[tuple[str, ...]]:
    """The rules all of whose fields are there, each once."""
    return [
        rule
        for rule in dict.fromkeys(rules)
        if all((part.removeprefix("substr(").split(",")[0]) in fields for part in rule)
    ]


def read(connection: duckdb.DuckDBPyConnection, records: str) -> list[str]:
    """Makes the table ``records``; returns the fields that have values."""
    connection.execute("create table raw as select * from read_csv(?, all_varchar = true)", [records])
    columns = [row[0] for row in connection.execute("describe raw").fetchall() if row[0] in comparisons()]
    tidy = ", ".join(f"nullif(lower(trim({name})), '') as {name}" for name in columns)
    connection.execute(f"create table records as select record_id, {tidy} from raw")  # noqa: S608 - names of ours
    fields = []
    for name in columns:
        ((filled,),) = connection.execute(f"select count(distinct {name}) from records").fetchall()  # noqa: S608 - names of ours
        if filled > 1:
            fields.append(name)
        if name in ("email", "phone", *IDENTIFIERS):
            crowds = f"select {name} from records group by 1 having count(*) > {CROWD}"  # noqa: S608 - names of ours
            connection.execute(f"update records set {name} = null where {name} in ({crowds})")  # noqa: S608 - names of ours
    return fields


def pairs_of(connection: duckdb.DuckDBPyConnection, rule: tuple[str, ...]) -> int:
    """How many pairs of records agree on all of these."""
    filled = " and ".join(f"{part} is not null" for part in rule)
    groups = f"select count(*) as n from records where {filled} group by {', '.join(rule)}"  # noqa: S608 - names of ours
    ((found,),) = connection.execute(f"select coalesce(sum(n * (n - 1) / 2), 0) from ({groups})").fetchall()  # noqa: S608 - names of ours
    return int(found)


def main() -> None:
    """Reads, trains, predicts, writes."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    records, clusters, *asked = sys.argv[1:]
    thresholds = tuple(map(float, asked)) or THRESHOLDS
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    fields = read(connection, records)

    def affordable(rules: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
        return [rule for rule in usable(rules, fields) if pairs_of(connection, rule) <= PAIRS_AT_MOST]

    compared = comparisons()
    settings = SettingsCreator(
        unique_id_column_name="record_id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in affordable(BLOCKS)],
        comparisons=[compared[name] for name in fields],
    )
    table = connection.sql(f"select record_id, {', '.join(fields)} from records").to_arrow_table()  # noqa: S608 - names of ours
    linker = Linker(DuckDBAPI(connection=connection).register(table), settings)
    seen = [[r for r in usable(rules, fields) if pairs_of(connection, r)] for rules in (SURE, LIKELY)]
    sure = [block_on(*rule) for rule in seen[0] or seen[1]]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in affordable(TRAINED_ON):
        if len(rule) == len(fields) or not pairs_of(connection, rule):
            continue
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*rule), estimate_without_term_frequencies=True
            )
        except Exception as error:  # a rule without pairs trains nothing; others do
            sys.stderr.write(f"not trained on {rule}: {type(error).__name__}\n")
    pairs = linker.inference.predict(threshold_match_probability=min(thresholds))
    found: dict[str, list[str]] = {}
    for threshold in thresholds:
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold).as_pandas_dataframe()
        for record, cluster in zip(clustered["record_id"], clustered["cluster_id"], strict=True):
            found.setdefault(record, []).append(cluster)
    with Path(clusters).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["record_id", *thresholds])
        writer.writerows([record, *clusters_of] for record, clusters_of in found.items())


if __name__ == "__main__":
    main()
