"""The connected components of many graphs, as dbt finds them in the warehouse, against networkx."""

from __future__ import annotations

import io
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import networkx
import pytest

from customer360.warehouse import Role
from tests.conftest import settings_in
from tests.dbt.conftest import Project

GRAPHS = 200
STEP = 10**9  # nodes of one graph lie together, far from those of the next


def random_graph(seed: int) -> list[tuple[int, int]]:
    """Edges of a graph of up to 300 nodes with numbers of all sizes: loops, repeated edges and lone nodes occur."""
    dice = random.Random(seed)
    nodes = dice.sample(range(-STEP // 2, STEP // 2), dice.randint(1, 300))
    count = int(len(nodes) * dice.choice((0, 0.3, 0.5, 0.6, 0.9, 1.5, 3)))
    edges = [(dice.choice(nodes), dice.choice(nodes)) for _ in range(count)]
    return [*edges, *((node, node) for node in nodes)]


def expected(edges: list[tuple[int, int]]) -> dict[int, int]:
    parts = networkx.connected_components(networkx.Graph(edges))
    return {node: name for part in parts for name in (min(part),) for node in part}


def random_graphs() -> dict[int, list[tuple[int, int]]]:
    """By seed; other ones in each run, far from each other."""
    first = int(time.time())
    return {
        first + number: [(number * STEP + one, number * STEP + other) for one, other in random_graph(first + number)]
        for number in range(GRAPHS)
    }


def worst_shapes() -> list[tuple[int, int]]:
    numbers = list(range(10_000))
    shuffled = random.Random(7).sample(numbers, len(numbers))
    zigzag = [n for pair in zip(numbers[:5000], reversed(numbers[5000:]), strict=True) for n in pair]
    shapes = (
        list(pairwise(numbers)),
        list(pairwise(shuffled)),
        list(pairwise(zigzag)),
        [*pairwise(numbers), (9999, 0)],
        [(0, n) for n in numbers[1:]],
        [(n, 9999) for n in numbers[:-1]],
        [(n, (n - 1) // 2) for n in numbers[1:]],
        [(n, m) for n in range(150) for m in range(n)],
        [(n, n + 1) for n in numbers[::2]],
        [(n, n) for n in numbers],
    )
    return [(place * STEP + one, place * STEP + other) for place, shape in enumerate(shapes) for one, other in shape]


@dataclass(frozen=True)
class Found:
    """Edges by graph, and what dbt made of them."""

    random: dict[int, list[tuple[int, int]]]
    worst: list[tuple[int, int]]
    components: dict[str, dict[int, int]]
    rounds: dict[str, int]


@contextmanager
def project(warehouse, home) -> Iterator[Project]:
    """The dbt project with a database of its own."""
    database = f"c360_test_{uuid.uuid4().hex[:12]}"
    try:
        warehouse.prepare(database)
        yield Project(warehouse, database, settings_in(home), home)
    finally:
        warehouse.drop(database)


def find_components(project: Project, tables: Iterable[str]) -> None:
    arguments = f"{{schema: intermediate, tables: [{', '.join(tables)}]}}"
    assert project.dbt("run-operation", "components_of_tables", "--args", arguments) == 0


@pytest.fixture(scope="module")
def found(warehouse, tmp_path_factory) -> Iterator[Found]:
    """One invocation of dbt for all graphs: it costs more than they do."""
    randoms, worst = random_graphs(), worst_shapes()
    tables = {"random": [edge for edges in randoms.values() for edge in edges], "worst": worst, "empty": []}
    with project(warehouse, tmp_path_factory.mktemp("dbt")) as made:
        connection = warehouse.login(Role.TRANSFORMER, made.database).connect()
        with connection, connection.cursor() as cursor:
            for name, edges in tables.items():
                cursor.execute(f"create table intermediate.{name} (node_1 bigint, node_2 bigint)")
                text = io.StringIO("".join(f"{one}\t{other}\n" for one, other in edges))
                cursor.copy_expert(f"copy intermediate.{name} from stdin", text)
        connection.close()
        find_components(made, tables)
        left = made.rows("select tablename from pg_tables where schemaname = 'intermediate' order by 1")
        assert left == sorted((f"{name}{end}",) for name in tables for end in ("", "_components", "_rounds"))
        components = {}
        for name in tables:
            rows = made.rows(f"select node, component from intermediate.{name}_components")
            components[name] = dict(rows)
            assert len(components[name]) == len(rows), "a node has two components"
        rounds = {name: made.rows(f"select rounds from intermediate.{name}_rounds")[0][0] for name in tables}
        yield Found(randoms, worst, components, rounds)


def test_random_graphs_have_the_components_that_networkx_finds(found):
    components = dict(found.components["random"])
    for seed, edges in found.random.items():
        right = expected(edges)
        assert {node: components.pop(node, None) for node in right} == right, f"random_graph({seed})"
    assert not components


def test_shapes_of_the_worst_kind(found):
    components = found.components["worst"]
    assert components == expected(found.worst)
    assert sorted(Counter(components.values()).values())[-7:] == [10_000] * 7
    assert found.rounds["worst"] <= 14


def test_no_edges_at_all(found):
    assert found.components["empty"] == {}


@pytest.mark.long
def test_a_million_nodes_in_the_worst_shapes(warehouse, tmp_path):
    numbers = "generate_series(1, 999999) as n"
    shuffled = "select n, row_number() over (order by hashint8(n), n) as place from generate_series(1, 1000000) as n"
    shapes = {
        "chain": f"select n as node_1, n + 1 as node_2 from {numbers}",
        "star": f"select 1000000 as node_1, n as node_2 from {numbers}",
        "shuffled": f"with s as ({shuffled})"
        " select a.n as node_1, b.n as node_2 from s as a join s as b on a.place + 1 = b.place",
        "apart": f"select n as node_1, n + 1 as node_2 from {numbers} where n % 2 = 1",
    }
    with project(warehouse, tmp_path) as made:
        connection = warehouse.login(Role.TRANSFORMER, made.database).connect()
        with connection, connection.cursor() as cursor:
            for name, query in shapes.items():
                cursor.execute(f"create table intermediate.{name} as {query}")
        connection.close()
        find_components(made, shapes)
        for name in shapes:
            (told,) = made.rows(
                "select count(*), count(distinct node), count(distinct component), min(component)"
                f" from intermediate.{name}_components"
            )
            assert told == (1_000_000, 1_000_000, 500_000 if name == "apart" else 1, 1), name
            ((rounds,),) = made.rows(f"select rounds from intermediate.{name}_rounds")
            assert rounds <= 20, "each round leaves half of the nodes at most"
