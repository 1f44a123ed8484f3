"""Runs and commands go one after the other."""

import multiprocessing
import time

import pytest

from customer360.orchestrator.turns import take_turn, the_only_command, turn_of_command
from customer360.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings.from_environment({"C360_STATE_DIR": str(tmp_path / "state")})


def test_one_run_at_a_time_has_its_turn(settings):
    running = {"one", "two"}
    assert take_turn(settings, "one", running.__contains__)
    assert not take_turn(settings, "two", running.__contains__)
    assert take_turn(settings, "one", running.__contains__)  # a retry
    running.remove("one")  # it has ended, or was killed
    assert take_turn(settings, "two", running.__contains__)
    assert not take_turn(settings, "one", running.__contains__)


def test_a_run_waits_for_a_command(settings):
    with turn_of_command(settings, lambda _: True):
        assert not take_turn(settings, "one", lambda _: False)
    assert take_turn(settings, "one", lambda _: False)


def test_a_command_waits_for_a_run(settings, capsys):
    asked = []

    def is_running(run_id):
        asked.append(run_id)
        return len(asked) < 2

    take_turn(settings, "one", lambda _: False)
    with turn_of_command(settings, is_running):
        assert asked == ["one", "one"]
        assert not take_turn(settings, "two", lambda _: False)
    assert "one is under way in Airflow" in capsys.readouterr().err


def test_nobody_waits_for_one_that_only_asks(settings):
    answers = []

    def is_running(_):  # while the command asks, the run that has its turn goes on
        answers.append(take_turn(settings, "one", lambda _: True))
        return len(answers) < 2

    take_turn(settings, "one", lambda _: False)
    with turn_of_command(settings, is_running):
        assert answers == [True, True]


def test_the_run_of_a_command_does_not_wait_for_it(settings):
    with the_only_command(settings):
        assert take_turn(settings, "one", lambda _: False)


def hold(settings, taken):
    with turn_of_command(settings, lambda _: False):
        taken.set()
        time.sleep(60)


def test_a_killed_command_gives_its_turn_up(settings):
    context = multiprocessing.get_context("spawn")
    taken = context.Event()
    process = context.Process(target=hold, args=(settings, taken))
    process.start()
    assert taken.wait(30)
    assert not take_turn(settings, "one", lambda _: False)
    process.kill()
    process.join()
    assert take_turn(settings, "one", lambda _: False)
