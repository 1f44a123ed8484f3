"""Who is who where data are at their worst, and where people have decided: whole folders through the real models."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from customer360.fitting import IDENTITY, fit
from customer360.folder_seeds import IDENTITY_WEIGHTS, find_seed
from customer360.settings import database_for
from tests.identity.resolving import like, person, resolve, write

OVERRIDES = "source_1,customer_id_1,source_2,customer_id_2,decision,decided_by,decided_at,reason\n"


def worst(flood: int, repeated: int, cluster: int):
    """Records by what is bad about them: lists of rows."""
    dice = Random(5)
    number = iter(range(1, 10_000_000))
    rows = {}
    rows["flood"] = [
        {**person(dice, next(number)), "email": f"info{box}@mailbox.example"} for box in range(10) for _ in range(flood)
    ]
    one = person(dice, 0)
    rows["repeated"] = [like(one, next(number)) for _ in range(repeated)]
    many = person(dice, 0)
    rows["cluster"] = [
        like(
            many,
            next(number),
            email=f"{many['first']}{at}@example.org",
            street=dice.choice((many["street"], many["street"].replace("street", "str"), "")),
            phone=dice.choice((many["phone"], "")),
        )
        for at in range(cluster)
    ]
    rows["nothing"] = [{"id": str(next(number))} for _ in range(20)]
    rows["letters"] = [{"id": str(next(number)), "first": "a", "last": letter} for letter in "bcdefghij"]
    rows["no name"] = [{**person(dice, next(number)), "first": "", "last": ""} for _ in range(20)]
    rows["apart"] = [one := person(dice, next(number)), like(one, next(number), street="")]
    rows["decided"] = [person(dice, next(number)) for _ in range(4)]
    return rows


def decide(data, rows):
    apart = [row["id"] for row in rows["apart"]]
    decided = [row["id"] for row in rows["decided"]]
    (data / "identity_overrides.csv").write_text(
        OVERRIDES
        + f"crm,{apart[0]},crm,{apart[1]},never_link,me,2026-01-01,twins\n"
        + "".join(f"crm,{one},crm,{other},must_link,me,2026-01-01,known\n" for one, other in pairwise(decided))
    )
    return data


def check_worst(rows, found):
    ids = {what: [row["id"] for row in group] for what, group in rows.items()}
    customers = {frozenset(group) for group in found.partition()}
    for what in ("flood", "nothing", "letters", "no name", "apart"):
        assert all(frozenset((one,)) in customers for one in ids[what]), f"{what}: each is somebody else"
    for what in ("repeated", "cluster", "decided"):
        assert frozenset(ids[what]) in customers, f"{what}: all are one, and nobody else"


@pytest.fixture(scope="module")
def settings(warehouse):
    return warehouse.settings


@pytest.fixture(scope="module")
def folder(warehouse, tmp_path_factory):
    """Makes folders whose databases are dropped at the end."""
    made = []

    def make(rows, name="data"):
        made.append(write(tmp_path_factory.mktemp(name), rows))
        return made[-1]

    yield make
    for each in made:
        warehouse.drop(database_for(each))


def test_the_worst_is_defined_decisions_count_and_every_customer_is_explained(settings, folder):
    rows = worst(flood=60, repeated=500, cluster=120)
    found = resolve(settings, decide(folder([row for group in rows.values() for row in group]), rows))
    check_worst(rows, found)
    assert all(evidence for _, _, kind, evidence in found.links if kind != "override")
    assert "same_mailbox_and_name" in {kind for _, _, kind, _ in found.links}
    assert linked(found) == found.partition(), "a path of links leads from each record of a customer to every other"


def linked(found):
    """The customers as the links alone make them."""
    leader = {record: record for record in found.cluster_of}

    def find(record):
        while leader[record] != record:
            leader[record] = leader[leader[record]]
            record = leader[record]
        return record

    for one, other, *_ in found.links:
        leader[find(one)] = find(other)
    groups = {}
    for record in leader:
        groups.setdefault(find(record), set()).add(record)
    return {frozenset(group) for group in groups.values()}


@pytest.mark.long
def test_decisions_outlive_a_refit_and_new_data(settings, folder):
    dice = Random(7)
    people = [person(dice, number) for number in range(1, 121)]
    doubles = [like(row, number + 1000, street="") for number, row in enumerate(people[:60], start=1)]
    data = folder([*people, *doubles])
    (data / "identity_overrides.csv").write_text(
        OVERRIDES
        + "crm,1,crm,1001,never_link,me,2026-01-01,twins\n"
        + "".join(
            f"crm,{one},crm,{other},must_link,me,2026-01-01,known\n"
            for one, other in [*pairwise((70, 71, 72, 73)), (80, 81)]
        )
    )

    def check(found):
        assert not found.together("1", "1001"), "kept apart"
        assert found.together("70", "71", "72", "73"), "a chain of decisions"
        assert found.together("80", "81")
        assert all(found.together(str(number), str(number + 1000)) for number in range(2, 61)), "others are not touched"
        assert linked(found) == found.partition()

    check(resolve(settings, data))
    fit(settings, str(data), fitters=(IDENTITY,))
    assert find_seed(settings, data, IDENTITY_WEIGHTS) == data / "fitted" / "identity_weights.csv"
    write(data, [like(people[0], 5001), like(people[79], 5002)], "later.csv")
    found = resolve(settings, data)
    check(found)
    assert found.together("5001", "1") != found.together("5001", "1001"), "a third record goes with one of the two"
    assert found.together("5002", "80", "81")


@pytest.mark.long
def test_floods_of_thousands(settings, folder):
    rows = worst(flood=5000, repeated=10_000, cluster=300)
    check_worst(rows, resolve(settings, decide(folder([row for group in rows.values() for row in group]), rows)))


@pytest.mark.long
def test_the_order_of_landing_does_not_matter(settings, folder):
    dice = Random(11)
    people = [person(dice, number) for number in range(1, 801)]
    rows = people + [
        like(row, number + 1000, phone="", last=row["last"][1:]) for number, row in enumerate(people[:300])
    ]
    found = set()
    for _ in range(3):
        dice.shuffle(rows)
        half = dice.randint(1, len(rows))
        data = folder(rows[:half])
        resolve(settings, data)
        write(data, rows[half:], "later.csv")
        found.add(frozenset(resolve(settings, data).partition()))
    assert len(found) == 1
