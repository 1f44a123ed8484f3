"""Customer keys outlive whatever happens to records: the models on given clusters, against rules written in Python."""

from __future__ import annotations

import itertools
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customer360.transform import Dbt
from customer360.warehouse import Role
from tests.conftest import settings_in
from tests.dbt.test_marts import key
from tests.identity.key_models import MODELS, KeyModels, Outcome

DAY_ONE = datetime(2024, 1, 1)
CREATED: dict[str, datetime | None] = {
    f"{source}:{number}": None if number == 9 else DAY_ONE + timedelta(days=number)
    for source, number in itertools.product(("crm", "shop"), range(10))
}


@pytest.fixture(scope="module")
def models(warehouse, tmp_path_factory) -> Iterator[KeyModels]:
    database = f"c360_test_{uuid.uuid4().hex[:12]}"
    installation = settings_in(tmp_path_factory.mktemp("dbt"))
    try:
        warehouse.prepare(database)
        dbt = Dbt(installation, warehouse, database, target="local")
        assert dbt.run(["compile", "--quiet", "--select", *(name for _, name in MODELS)]) == 0
        connection = warehouse.login(Role.TRANSFORMER, database).connect(autocommit=True)
        found = KeyModels(connection, installation.state / "dbt" / database / "target" / "compiled")
        found.prepare()
        yield found
        connection.close()
    finally:
        warehouse.drop(database)


@pytest.fixture
def memory(models: KeyModels) -> KeyModels:
    models.forget()
    return models


def age(record: str) -> tuple[Any, ...]:
    """Sorts records from the oldest on: by creation, then by source and id."""
    created = CREATED[record]
    return (created is None, created or DAY_ONE, *record.split(":"))


def keys_of(memory: KeyModels, day: int, *clusters: str, **more: Any) -> Outcome:
    """Builds and keeps clusters given as texts such as "crm:1 shop:2"."""
    outcome = memory.build([set(cluster.split()) for cluster in clusters], CREATED, f"2026-01-{day:02}", **more)
    memory.keep(f"run-{day}")
    return outcome


def test_a_key_is_made_from_the_oldest_record_and_stays(memory):
    first = keys_of(memory, 1, "crm:3 shop:1", "crm:2")
    assert first.keys == {"crm:3": key("shop", "1"), "shop:1": key("shop", "1"), "crm:2": key("crm", "2")}
    again = keys_of(memory, 2, "crm:2", "crm:0 crm:3 shop:1")
    assert again.keys["crm:0"] == key("shop", "1"), "an older record makes no other key"
    assert again.events(2) == []
    assert memory.rows("select count(*) from identity.changes") == [(2,)]
    assert keys_of(memory, 3, "crm:2", "crm:0 crm:3 shop:1").history == again.history
    assert memory.rows("select count(*) from identity.changes") == [(2,)], "nothing changed, nothing is noted"


def test_the_oldest_key_survives_a_merge_and_the_other_is_redirected(memory):
    before = keys_of(memory, 1, "crm:1", "shop:1 shop:2").keys
    after = keys_of(memory, 2, "crm:1 shop:1 shop:2", "crm:4")
    merged = keys_of(memory, 3, "crm:1 shop:1 shop:2 crm:4", overrides=(("crm:1", "crm:4", "must_link"),))
    assert set(after.keys.values()) == {before["crm:1"], key("crm", "4")}
    assert after.redirects == {before["shop:1"]: (before["crm:1"], "merged")}
    assert set(after.events(2)) == {
        (key("crm", "4"), "born", None, 1, "first_seen"),
        (before["shop:1"], "merged", before["crm:1"], 2, "linked"),
    }
    assert merged.events(3) == [(key("crm", "4"), "merged", before["crm:1"], 1, "decision")]


def test_a_split_leaves_the_key_with_most_records_and_makes_another_for_the_rest(memory):
    keys_of(memory, 1, "crm:0 crm:1 shop:2")
    founder = key("crm", "0")
    split = keys_of(memory, 2, "crm:0", "crm:1 shop:2", overrides=(("crm:1", "crm:0", "never_link"),))
    assert split.keys["crm:1"] == split.keys["shop:2"] == founder
    assert split.keys["crm:0"] not in (founder, None), "its hash is taken by the key that it made"
    assert set(split.events(2)) == {
        (founder, "split", split.keys["crm:0"], 1, "decision"),
        (split.keys["crm:0"], "born", founder, 1, "split_off"),
    }
    even = keys_of(memory, 3, "crm:0", "crm:1", "shop:2")
    assert even.keys["crm:1"] == founder, "a tie goes to the oldest record"
    back = keys_of(memory, 4, "crm:0 crm:1", "shop:2")
    assert back.redirects[split.keys["crm:0"]] == (founder, "merged")
    apart = keys_of(memory, 5, "crm:0", "crm:1", "shop:2")
    assert apart.keys["crm:0"] == founder, "a tie goes to the oldest record"
    assert apart.keys["crm:1"] == key("crm", "1")
    last = keys_of(memory, 6, "crm:0 crm:1", "shop:2")
    assert keys_of(memory, 7, "crm:0", "crm:1", "shop:2").keys["crm:1"] not in last.redirects, "none is given twice"


def test_a_redirect_follows_the_records_of_the_key(memory):
    first = keys_of(memory, 1, "crm:0 shop:0", "crm:1").keys
    merged = keys_of(memory, 2, "crm:0 shop:0 crm:1")
    assert merged.redirects == {first["crm:1"]: (first["crm:0"], "merged")}
    apart = keys_of(memory, 3, "crm:0 shop:0", "crm:1")
    assert apart.redirects == {first["crm:1"]: (apart.keys["crm:1"], "merged")}
    assert keys_of(memory, 4, "crm:0 shop:0").redirects[first["crm:1"]] == (first["crm:0"], "merged")


def test_erased_keys_come_back_with_their_records_only(memory):
    keys_of(memory, 1, "crm:1", "crm:2")
    gone = keys_of(memory, 2, "crm:2")
    assert gone.redirects == {key("crm", "1"): (None, "erased")}
    assert gone.events(2) == [(key("crm", "1"), "erased", None, 1, "no_record_left")]
    back = keys_of(memory, 3, "crm:2", "crm:1")
    assert back.keys["crm:1"] == key("crm", "1")
    assert back.redirects == {}
    assert back.events(3) == [(key("crm", "1"), "born", None, 1, "came_back")]


def test_all_can_vanish(memory):
    keys_of(memory, 1, "crm:1", "crm:2")
    assert set(keys_of(memory, 2).redirects.values()) == {(None, "erased")}
    assert memory.rows("select count(*) from identity.record_keys where until_change is null") == [(0,)]


def test_a_look_back_sees_the_keys_of_that_day_and_changes_nothing(memory):
    first = keys_of(memory, 10, "crm:1 crm:2", "crm:3")
    last = keys_of(memory, 20, "crm:1 crm:2 crm:3", "crm:4", "crm:5")
    kept = memory.rows("select * from identity.record_keys order by 1, 2, 3, 4")
    assert keys_of(memory, 12, "crm:1 crm:2", "crm:3", asked_for=True) == first
    early = keys_of(memory, 5, "crm:1", "crm:4", "crm:6", asked_for=True)
    assert early.keys == {"crm:1": first.keys["crm:1"], "crm:4": last.keys["crm:4"], "crm:6": key("crm", "6")}
    assert (early.history, early.redirects) == ([], {})
    assert memory.rows("select * from identity.record_keys order by 1, 2, 3, 4") == kept
    assert keys_of(memory, 20, "crm:1 crm:2 crm:3", "crm:4", "crm:5", asked_for=True) == last
    lost = keys_of(memory, 8, "crm:1 crm:2 crm:3")  # not asked for: the data are as they are
    assert {r for r in last.keys if lost.redirects.get(last.keys[r]) == (None, "erased")} == {"crm:4", "crm:5"}


def test_changes_are_kept_once_and_only_on_what_they_were_found_on(memory):
    memory.build([{"crm:1"}], CREATED, "2026-01-01")
    assert (memory.keep("a"), memory.keep("a")) == (1, 0)
    assert memory.keep("b") == 0  # it built marts from the same models
    memory.execute("update intermediate.int_identity_keys set change_number = 3")  # as others kept changes meanwhile
    with pytest.raises(psycopg2.errors.SerializationFailure, match="have changed since"):
        memory.keep("b")


def test_from_nothing_keys_depend_on_the_records_alone(memory):
    clusters = [{"crm:1", "shop:1"}, {"crm:2"}, {"crm:9", "shop:9"}, {"shop:5", "shop:4", "crm:3"}]
    first = memory.build(clusters, CREATED, "2026-01-01")
    again = memory.build(random.Random(1).sample(clusters, len(clusters)), CREATED, "2026-01-01")
    assert first == again


# --- any sequence of things that can happen


def expected(clusters: list[set[str]], known: dict[str, int], ages: dict[int, tuple[Any, ...]]) -> list[int | None]:
    """The old key that each cluster keeps, None for a new one, by the rules as the README states them."""
    wins: dict[int, list[int]] = {}
    for old in {known[record] for cluster in clusters for record in cluster if record in known}:
        parts = [sorted((r for r in cluster if known.get(r) == old), key=age) for cluster in clusters]
        best = min((n for n, part in enumerate(parts) if part), key=lambda n: (-len(parts[n]), age(parts[n][0])))
        wins.setdefault(best, []).append(old)
    return [min(wins[n], key=ages.__getitem__) if n in wins else None for n in range(len(clusters))]


@st.composite
def lives(draw: Any) -> list[list[set[str]]]:
    """Partitions of records, each made from the one before by what happens to customers."""
    state: list[set[str]] = []
    states = []
    for _ in range(draw(st.integers(2, 7))):
        state = [set(cluster) for cluster in state]
        for _ in range(draw(st.integers(1, 4))):
            what = draw(st.sampled_from(("add", "join", "delete", "merge", "split", "change", "refit")))
            here = sorted(record for cluster in state for record in cluster)
            new = sorted(set(CREATED) - set(here))
            if what == "add" and new:
                state.append({draw(st.sampled_from(new))})
            elif what == "join" and new and state:
                draw(st.sampled_from(state)).add(draw(st.sampled_from(new)))
            elif what == "delete" and here:
                gone = draw(st.sampled_from(here))
                state = [rest for cluster in state if (rest := cluster - {gone})]
            elif what == "merge" and len(state) > 1:
                state.append(state.pop(draw(st.integers(0, len(state) - 1))) | state.pop(0))
            elif what in ("split", "change") and state:
                cluster = sorted(state.pop(draw(st.integers(0, len(state) - 1))))
                part = set(draw(st.lists(st.sampled_from(cluster), unique=True)))
                state += [piece for piece in (part, set(cluster) - part) if piece]
            elif what == "refit" and here:
                groups = draw(st.lists(st.integers(0, 4), min_size=len(here), max_size=len(here)))
                parts: dict[int, set[str]] = {}
                for record, group in zip(here, groups, strict=True):
                    parts.setdefault(group, set()).add(record)
                state = list(parts.values())
        states.append(state)
    return states


@settings(max_examples=40, deadline=None)
@given(lives())
@example([[{"shop:5"}], [{"crm:0"}], [{"crm:0", "shop:5"}]])  # a key that comes back takes over another's record
def test_no_key_ever_denotes_two_customers_and_each_resolves(models, states):
    models.forget()
    known: dict[str, int] = {}
    ever: dict[int, tuple[Any, ...]] = {}  # every key given, with its age
    merged: set[int] = set()
    last: dict[str, int] = {}  # what a record that vanished had last
    snapshots: list[tuple[list[set[str]], Outcome]] = []
    for step, clusters in enumerate(states, start=1):
        outcome = models.build(clusters, CREATED, f"2026-02-{step:02}")
        assert outcome.keys.keys() == {record for cluster in clusters for record in cluster}
        found = [{outcome.keys[record] for record in cluster} for cluster in clusters]
        assert all(len(keys) == 1 for keys in found), "one customer has one key"
        now = [next(iter(keys)) for keys in found]
        assert len(set(now)) == len(now), "one key is one customer"

        alive = set(known.values())
        back = {r: k for r, k in last.items() if r not in known and k not in alive and k not in merged}
        for cluster, kept, new in zip(clusters, expected(clusters, {**back, **known}, ever), now, strict=True):
            if kept is not None:
                assert new == kept
            else:
                assert new not in ever, "a key that was given before is given to another"
                founder = min(cluster, key=age)
                ever[new] = (step, *age(founder))

        assert set(ever) == set(now) | set(outcome.redirects)
        assert not set(now) & set(outcome.redirects)
        for gone, (target, event) in outcome.redirects.items():
            assert target in now or (target is None and event in ("erased", "merged"))
            holders = Counter(outcome.keys[r] for r, k in last.items() if k == gone and r in outcome.keys)
            if gone in known.values() and holders:
                assert holders[target] == max(holders.values()), "a redirect leads to most of the key's records"
        endings = {row[3]: row[4] for row in outcome.history if row[4] in ("born", "merged", "erased")}
        assert {k for k, event in endings.items() if event != "born"} == set(outcome.redirects)

        models.keep(f"run-{step}")
        assert models.build(clusters, CREATED, f"2026-02-{step:02}") == outcome, "the same again changes nothing"
        assert models.keep(f"again-{step}") == 0
        known = dict(outcome.keys)
        last |= known
        merged |= {row[3] for row in outcome.history if row[4] == "merged"}
        snapshots.append((clusters, outcome))

    for step, (clusters, outcome) in enumerate(snapshots, start=1):
        assert models.build(clusters, CREATED, f"2026-02-{step:02}", asked_for=True) == outcome, "a look back"
        assert models.keep("look-back") == 0
