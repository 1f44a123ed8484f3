"""Scores against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from customer360.evaluation.scores import amounts, auc, brier, calibration, calibration_error, deciles, rfm_sum
from customer360.fitting.histories import CustomerDays, histories_at


def test_auc_counts_pairs():
    happened = np.array([True, False, True, False])
    assert auc(happened, np.array([4.0, 3.0, 2.0, 1.0])) == 3 / 4
    assert auc(happened, np.array([1.0, 1.0, 1.0, 1.0])) == 1 / 2
    assert auc(np.zeros(4, dtype=bool), np.arange(4.0)) == 1 / 2


def test_calibration_and_brier():
    happened, chance = np.array([True, False, True, True]), np.array([0.05, 0.05, 0.95, 1.0])
    low, high = calibration(happened, chance)
    assert (low.customers, low.predicted, low.actual) == (2, pytest.approx(0.05), 0.5)
    assert (high.customers, high.predicted, high.actual) == (2, pytest.approx(0.975), 1.0)
    assert calibration_error([low, high]) == pytest.approx((0.45 + 0.025) / 2)
    assert brier(happened, chance) == pytest.approx((0.95**2 + 0.05**2 + 0.05**2) / 4)


def test_deciles_begin_with_the_highest():
    chance = np.arange(20) / 20
    tenths = deciles(chance > 0.5, chance)
    assert [each.customers for each in tenths] == [2] * 10
    assert [each.actual for each in tenths] == [1] * 4 + [0.5] + [0] * 5


def test_amounts():
    actual, predicted = np.array([0.0, 2.0, 4.0, 0.0]), np.array([1.0, 2.0, 3.0, 0.0])
    found = amounts(actual, predicted)
    assert (found.mae, found.rmse) == (0.5, pytest.approx(0.5**0.5))
    assert found.correlation == pytest.approx(np.corrcoef(actual, predicted)[0, 1])
    assert (found.total_error, found.top_decile, found.auc) == (0, pytest.approx(4 / 6), 1.0)
    flat = amounts(actual, np.ones(4))
    assert (flat.correlation, flat.top_decile, flat.auc) == (None, None, None)


def test_equal_customers_have_equal_fifths():
    who, day = np.repeat(np.arange(10), 2), np.tile([0, 5], 10)
    days = CustomerDays(who, day, np.full(20, 3.0), np.ones(20, dtype=bool))
    assert set(rfm_sum(histories_at(days, 9))) == {0.0}
