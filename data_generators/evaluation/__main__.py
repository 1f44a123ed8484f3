import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from data_generators import GeneratorConfig, GeneratorError, generate
from data_generators.evaluation import bench, keys, matching, negatives, page
from data_generators.evaluation.reading import read_records


def main(argv: Sequence[str] | None = None) -> int:
    """The commands; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m data_generators.evaluation")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("keys", help="how far exact keys get on a folder, or on the default data")
    one.add_argument("--data", type=Path)
    one.add_argument("--seed", type=int, default=GeneratorConfig().seed)
    one = commands.add_parser("records", help="tidied records for a matching engine")
    one.add_argument("data", type=Path)
    one.add_argument("out", type=Path)
    one = commands.add_parser("score", help="clusters of a matching engine against the truth")
    one.add_argument("data", type=Path)
    one.add_argument("clusters", type=Path, nargs="+")
    commands.add_parser("docs", help="write docs/generator.md and its picture")
    one = commands.add_parser("bench", help="speed beside the plain way, and memory")
    one.add_argument("--customers", type=int, default=1_000_000)
    one.add_argument("--processes", type=int)
    one.add_argument("--folder", type=Path, help="where the data go while they are made (the temporary folder)")
    one.add_argument("--docs", action="store_true", help="put the figures into docs/generator.md, too")
    asked = parser.parse_args(argv)
    try:
        return _run(asked)
    except (GeneratorError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


def _run(asked: argparse.Namespace) -> int:
    if asked.command == "keys":
        with tempfile.TemporaryDirectory() as temporary:
            folder = asked.data or Path(temporary) / "data"
            if not asked.data:
                generate(GeneratorConfig(seed=asked.seed), folder)
            records = read_records(folder)
            hard = negatives.table({asked.seed: folder})
        sys.stdout.write(f"As tidied:\n\n{keys.table(keys.evaluate(records))}\n\n")
        sys.stdout.write(f"As written:\n\n{keys.table(keys.evaluate(records, lambda _, text: text))}\n\n")
        sys.stdout.write(f"People whom a matcher may take for one another:\n\n{hard}\n")
    elif asked.command == "records":
        matching.write_records(read_records(asked.data), asked.out)
    elif asked.command == "score":
        records = read_records(asked.data)
        sys.stdout.write(keys.table([matching.score_clusters(records, path) for path in asked.clusters]) + "\n")
    elif asked.command == "docs":
        published = page.corpora()
        if published is None:
            sys.stdout.write("SKIPPED: docs/generator.md needs the published sets that C360_CORPORA would name\n")
        else:
            page.write(published)
    else:
        figures = bench.bench(asked.customers, asked.processes, asked.folder)
        sys.stdout.write("".join(f"{name + ':':<52}{figure:>14}\n" for name, figure in figures.items()))
        if asked.docs:
            bench.write(page.DOCS / "generator.md", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
