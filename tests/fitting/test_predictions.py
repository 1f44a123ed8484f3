"""What predictions promise, on published sets of purchases (where C360_CORPORA is) and on made-up ones."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from customer360.fitting.bgnbd import expected_orders, fit_bgnbd
from customer360.fitting.customer_types import CustomerTypes, fit_types, outlook
from customer360.fitting.histories import CustomerDays, histories_at, purchases_between
from customer360.fitting.prediction_model import PredictionModel, fit_model, predict
from customer360.fitting.predictions import HORIZON_DAYS
from customer360.fitting.regression import fit_glm
from customer360.fitting.spend import fit_gamma_gamma
from tests.fitting.models import CORPORA, transactions

needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="C360_CORPORA names no folder")


def auc(is_one, score):
    """Chance that a one scores higher than a nought; ties count half."""
    order = np.unique(score, return_inverse=True)[1]
    counts = np.bincount(order)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[order]
    ones = int(is_one.sum())
    return (rank[is_one].sum() - ones * (ones + 1) / 2) / (ones * (len(score) - ones))


def judge(name, calibrated_to, held_out_to, *, refunds=False):
    days, _ = transactions(name, refunds=refunds)
    first, last = (date.fromisoformat(text).toordinal() for text in (calibrated_to, held_out_to))
    model = fit_model(days, first, HORIZON_DAYS)
    histories = histories_at(days, first)
    predicted = predict(model, histories, last - first)
    actual = purchases_between(days, histories.customer, first, last)
    return histories, predicted, actual


def rmse(predicted, actual):
    return float(np.sqrt(np.mean((predicted - actual) ** 2)))


@needs_corpora
def test_cdnow():
    """Fader, Hardie and Lee's sample: 39 weeks fitted, 39 weeks predicted, against Pareto/NBD."""
    histories, predicted, actual = judge("cdnow_sample", "1997-09-30", "1998-06-30")
    assert (len(histories), actual.sum()) == (2357, 1882)
    assert rmse(predicted.orders, actual) <= 1.605
    assert np.corrcoef(predicted.orders, actual)[0, 1] >= 0.625
    assert abs(predicted.orders.sum() / actual.sum() - 1) <= 0.13
    by_recency = auc(actual > 0, histories.active_days - histories.tenure_days)
    for score in (predicted.orders, predicted.buys):
        assert auc(actual > 0, score) >= max(0.778, by_recency)


@needs_corpora
def test_bgnbd_has_its_published_parameters():
    histories, _, actual = judge("cdnow_sample", "1997-09-30", "1998-06-30")
    found = fit_bgnbd(histories)
    assert [round(value, 3) for value in (found.r, found.alpha, found.a, found.b)] == [0.243, 4.414, 0.793, 2.426]
    assert round(found.log_likelihood, 1) == -9582.4
    assert rmse(expected_orders(found, histories, 273), actual) == pytest.approx(1.608, abs=0.0005)


@needs_corpora
def test_online_retail():
    """Half a year of a wholesaler; the best baselines are carrying on (RMSE 2.4233, r .8343) and RFM (AUC .7383)."""
    histories, predicted, actual = judge("online_retail", "2011-06-09", "2011-12-09")
    assert (len(histories), actual.sum()) == (2800, 6837)
    assert rmse(predicted.orders, actual) < 2.4233
    assert np.corrcoef(predicted.orders, actual)[0, 1] > 0.8343
    assert abs(predicted.orders.sum() / actual.sum() - 1) <= 0.2
    assert auc(actual > 0, predicted.buys) > 0.7383


def made_up(customers=1500, seed=5, until=720):
    """Customers with rates of their own, half of whom leave some day."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(customers):
        rate, first = rng.gamma(1.5, 0.01), int(rng.integers(0, 600))
        end = min(until, first + rng.exponential(400) if rng.random() < 0.5 else until)
        day = float(first)
        while day <= end:
            rows.append((who, int(day), float(rng.lognormal(3 + who % 3, 0.4))))
            day += 1 + rng.exponential(1 / max(rate, 1e-4))
    who, day, revenue = (np.array(column) for column in zip(*rows, strict=True))
    return CustomerDays(who.astype(np.int64), day.astype(np.int64), np.round(revenue, 2), np.ones(len(who), dtype=bool))


def test_a_fit_sees_no_later_day_and_no_order_of_rows():
    days = made_up()
    model = fit_model(days, 500, HORIZON_DAYS)
    shuffle = np.random.default_rng(1).permutation(len(days.day))
    other = CustomerDays(*(column[shuffle] for column in (days.customer, days.day, days.revenue, days.is_purchase)))
    again = fit_model(other.until(500), 500, HORIZON_DAYS)
    assert again.weights == pytest.approx(model.weights, abs=1e-6)
    assert again.types.share == pytest.approx(model.types.share, abs=1e-9)


def test_chances_are_chances_and_grow_with_the_horizon():
    days = made_up()
    model, histories = fit_model(days, 600, HORIZON_DAYS), histories_at(days, 600)
    before = None
    for horizon in (30, 90, 365):
        predicted = predict(model, histories, horizon)
        assert ((predicted.buys > 0) & (predicted.buys < 1) & (predicted.orders > 0)).all()
        assert ((predicted.p_alive >= 0) & (predicted.p_alive <= 1)).all()
        if before:
            assert (predicted.buys > before.buys).all()
            assert (predicted.orders > before.orders).all()
        before = predicted
    short = predict(model, histories, 120)
    actual = purchases_between(days, histories.customer, 600, 720)
    assert short.buys.mean() == pytest.approx((actual > 0).mean(), abs=0.05)
    assert short.orders.sum() == pytest.approx(actual.sum(), rel=0.15)


def test_chances_are_as_high_as_what_happened_on_the_days_learnt_from():
    """Years of data: what the two regressions say together is right on average, and neither too sure nor too unsure."""
    days = made_up(until=1200)
    model = fit_model(days, 1200, HORIZON_DAYS)
    chances, outcomes = [], []
    for back in (HORIZON_DAYS, (HORIZON_DAYS + 365) // 2, 365):
        then = histories_at(days, 1200 - back)
        as_seen_then = PredictionModel(fit_types(then), model.weights, 0)
        chances.append(predict(as_seen_then, then, HORIZON_DAYS).buys)
        outcomes.append(purchases_between(days, then.customer, 1200 - back, 1200 - back + HORIZON_DAYS) > 0)
    chance, happened = np.concatenate(chances), np.concatenate(outcomes)
    log_odds = np.log(chance / (1 - chance))
    assert chance.mean() == pytest.approx(happened.mean(), abs=1e-4)
    assert (log_odds * chance).mean() == pytest.approx((log_odds * happened).mean(), abs=1e-4)


def test_nobody_leaves_where_nobody_left():
    rng = np.random.default_rng(3)
    slow, fast = 0.004, 0.08
    days = []
    for who in range(3000):
        rate, day = fast if who % 4 == 0 else slow, 0.0
        while day <= 700:
            days.append((who, int(day)))
            day += 1 + rng.exponential(1 / rate)
    who, day = (np.array(column, dtype=np.int64) for column in zip(*days, strict=True))
    histories = histories_at(CustomerDays(who, day, np.ones(len(who)), np.ones(len(who), dtype=bool)), 700)
    types = fit_types(histories)
    found = outlook(types, histories, 365)
    assert float(found.p_alive.mean()) > 0.9
    assert found.orders.sum() == pytest.approx(365 / 700 * histories.repeats.sum(), rel=0.1)
    assert found.orders[histories.customer % 4 == 0].mean() == pytest.approx(365 * fast, rel=0.15)


def test_one_type_is_bayes_by_hand():
    """A type that never leaves: gamma and Poisson alone, whose posterior is known."""
    days = CustomerDays(np.array([1, 1, 1, 2]), np.array([0, 10, 40, 20]), np.ones(4), np.ones(4, dtype=bool))
    found = outlook(CustomerTypes(np.ones(1), np.array([60.0]), np.zeros(1)), histories_at(days, 100), 50)
    assert found.p_alive == pytest.approx([1, 1])
    assert found.orders == pytest.approx([(3 + 2) / (60 + 100) * 50, 3 / (60 + 80) * 50])
    assert found.buys == pytest.approx([1 - (160 / 210) ** 5, 1 - (140 / 190) ** 3])


def test_too_little_to_learn_from():
    model = fit_model(made_up(customers=12), 600, HORIZON_DAYS)
    assert (model.rows, model.weights["buys", "own_outlook"], model.weights["buys", "constant"]) == (0, 1, 0)
    histories = histories_at(made_up(customers=12), 600)
    assert predict(model, histories, 90).buys == pytest.approx(outlook(model.types, histories, 90).buys)


def test_a_ridge_leans_on_the_offset():
    rng = np.random.default_rng(2)
    features = np.column_stack([np.ones(4000), rng.normal(size=4000)])
    outcome = (rng.random(4000) < 1 / (1 + np.exp(-(0.3 + 0.8 * features[:, 1])))).astype(float)
    free = fit_glm(features, outcome, np.zeros(4000), np.full(2, 1e-9), "logistic")
    assert free == pytest.approx([0.3, 0.8], abs=0.12)
    bound = fit_glm(features, outcome, np.zeros(4000), np.array([1e-9, 1e9]), "logistic")
    assert bound[1] == pytest.approx(0, abs=1e-4)


def test_gamma_gamma_finds_what_made_the_baskets():
    rng = np.random.default_rng(4)
    purchases = rng.integers(1, 9, 4000).astype(float)
    rate = rng.gamma(4.0, 1 / 60.0, 4000)
    baskets = [rng.gamma(2.5, 1 / own, int(count)) for own, count in zip(rate, purchases, strict=True)]
    found = fit_gamma_gamma(
        purchases, np.array([b.sum() for b in baskets]), np.array([np.log(b).sum() for b in baskets])
    )
    assert (found.purchase_shape, found.customer_shape) == (pytest.approx(2.5, rel=0.05), pytest.approx(4, rel=0.1))
    assert found.mean == pytest.approx(2.5 * 60 / 3, rel=0.05)
    assert found.prior_purchases == pytest.approx(3 / 2.5, rel=0.1)
