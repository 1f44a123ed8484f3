"""Scores of clusters against values worked out by hand."""

from __future__ import annotations

import pytest

from customer360.evaluation.clusters import connected, score_clusters
from customer360.evaluation.identity import JudgedIdentity

TRUTH = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "3"}


def test_pairs_and_b_cubed():
    score = score_clusters({"a": 1, "b": 1, "c": 2, "d": 2, "e": 5, "unknown": 1}, TRUTH)
    assert (score.found, score.right, score.true) == (2, 1, 3)
    assert (score.precision, score.recall, score.f1) == (1 / 2, 1 / 3, 2 / 5)
    assert score.b_cubed_precision == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5)
    assert score.b_cubed_recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    assert (score.clusters, score.entities, score.largest) == (3, 3, 2)


def test_what_was_not_joined_is_alone():
    score = score_clusters({}, TRUTH)
    assert (score.precision, score.recall, score.f1, score.clusters) == (1.0, 0.0, 0.0, 5)
    with pytest.raises(ValueError, match="known"):
        score_clusters({"a": 1}, {})


def test_records_are_connected_through_others():
    found = connected({"a": ("x", None), "b": ("x", "y"), "c": (None, "y"), "d": ("y", "x"), "e": (None, None)})
    assert found["a"] == found["b"] == found["c"]
    assert len({found["a"], found["d"], found["e"]}) == 3, "a value counts in its own key only, and nothing is no value"


def test_splink_is_compared_where_it_is_as_precise():
    perfect, coarse = score_clusters({"a": 1, "b": 1}, TRUTH), score_clusters(dict.fromkeys(TRUTH, 1), TRUTH)
    judged = JudgedIdentity("", None, 5, perfect, perfect, {}, {0.5: coarse, 0.9: perfect}, ())
    assert judged.splink_best is perfect
    assert judged.splink_recall == perfect.recall
    assert JudgedIdentity("", None, 5, perfect, perfect, {}, {0.5: coarse}, ()).splink_recall is None
