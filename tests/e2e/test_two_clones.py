"""Two clones on one machine run at the same time without meeting, also when Airflow's usual port is taken."""

import socket
import subprocess

import pytest

from tests.e2e.support import ROOT, Installation

pytestmark = pytest.mark.long


def test_two_at_once(tmp_path):
    installations = [Installation(tmp_path / name) for name in ("one", "two")]
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8080))
            taken.listen()
        except OSError:
            pass  # somebody has it already: just as well
        runs = [
            subprocess.Popen(
                ["make", "run", "CUSTOMERS=300", f"SEED={seed}"],
                cwd=ROOT,
                env=installation.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for seed, installation in enumerate(installations)
        ]
        try:
            said = [run.communicate(timeout=600)[0] for run in runs]
            assert [run.returncode for run in runs] == [0, 0], "\n".join(said)
        finally:
            for installation in installations:
                installation.down()
    one, two = (installation.digests() for installation in installations)
    assert one.keys() == two.keys()
    assert one["dim_customers.csv"] != two["dim_customers.csv"]
    for installation in installations:
        assert str(installation.home) in installation.manifest()["data_folder"]
