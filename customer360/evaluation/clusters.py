"""How well clusters of records agree with the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ClusterScore:
    """Scores over the records whose truth is known.

    Attributes:
        found: pairs of records in one cluster; ``true`` of one entity; ``right`` both.
        b_cubed_precision: for the mean record, the share of its cluster that is of its entity; ``b_cubed_recall`` the
            share of its entity that is in its cluster.
        clusters: how many there are; ``entities`` there should be.
        largest: records in the largest cluster.
    """

    found: int
    right: int
    true: int
    b_cubed_precision: float
    b_cubed_recall: float
    clusters: int
    entities: int
    largest: int

    @property
    def precision(self) -> float:
        """1 where nothing was joined."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """1 where there was nothing to join."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 1.0

    @property
    def b_cubed_f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.b_cubed_precision * self.b_cubed_recall / (self.b_cubed_precision + self.b_cubed_recall)


def score_clusters(cluster_of: Mapping[str, Hashable], entity_of: Mapping[str, str]) -> ClusterScore:
    """The scores of clusters; a record without one is alone.

    Raises:
        ValueError: there is no truth.
    """
    if not entity_of:
        raise ValueError("no record has a known entity")
    placed = {record: cluster_of.get(record, (record,)) for record in entity_of}
    clusters, entities = Counter(placed.values()), Counter(entity_of.values())
    both = Counter((placed[record], entity) for record, entity in entity_of.items())
    return ClusterScore(
        found=pairs_of(clusters.values()),
        right=pairs_of(both.values()),
        true=pairs_of(entities.values()),
        b_cubed_precision=sum(n * n / clusters[cluster] for (cluster, _), n in both.items()) / len(entity_of),
        b_cubed_recall=sum(n * n / entities[entity] for (_, entity), n in both.items()) / len(entity_of),
        clusters=len(clusters),
        entities=len(entities),
        largest=max(clusters.values()),
    )


def pairs_of(sizes: Iterable[int]) -> int:
    """How many pairs groups of these sizes have."""
    return sum(size * (size - 1) // 2 for size in sizes)


def connected(keys: Mapping[str, tuple[Hashable | None, ...]]) -> dict[str, str]:
    """Clusters of the records that share a key, directly or through others: each is named by one of its records."""
    leader: dict[str, str] = {record: record for record in keys}

    def find(record: str) -> str:
        while leader[record] != record:
            leader[record] = leader[leader[record]]
            record = leader[record]
        return record

    first: dict[tuple[int, Hashable], str] = {}
    for record, values in keys.items():
        for place, value in enumerate(values):
            if value is not None:
                leader[find(first.setdefault((place, value), record))] = find(record)
    return {record: find(record) for record in keys}
