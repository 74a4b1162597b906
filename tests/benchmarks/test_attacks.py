"""The comparison of attacks: the same submissions, in a container, through this grader and through nbgrader."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.attacks.container import Container, ContainerError, Machine, Order, Report
from benchmarks.attacks.graders import Grader, Gradlab, Nbgrader
from benchmarks.attacks.observe import Control, Observation, Observer
from benchmarks.attacks.records import Record, key_of, load, save
from benchmarks.attacks.tables import by_class, every_attack, harms, measured
from tests.attacks.attack import Attack, Kind, attack
from tests.small_lab import EXERCISES

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
EQUAL = attack(
    "equal to everything",
    Kind.OBJECT,
    square="class Yes:\n    def __eq__(self, other): return True\ndef square(x): return Yes()",
)
NOTHING = attack("nothing at all", Kind.OBJECT, half="def half(x): return x")


class Unprepared(Nbgrader):
    """nbgrader without anything imported before."""

    machine = Machine()


def observe(grader: Grader, folder: Path, attacks: Sequence[Attack]) -> list[Observation]:
    with Observer(grader, folder, Control(frozenset(EXERCISES), frozenset()), seconds=600) as observer:
        return [observation for _, observation in observer.observe_together(attacks)]


def contained(tmp_path: Path, *commands: str, seconds: float = 60.0, collected: Sequence[str] = ()) -> Report:
    tmp_path.chmod(0o755)
    given = tmp_path / "given"
    given.mkdir()
    (given / "file").write_text("given")
    with Container(tmp_path, Machine()) as container:
        return container.run(Order(given, [["sh", "-c", command] for command in commands], seconds, collected))


@pytest.mark.slow
def test_an_attack_that_beats_nbgrader_earns_nothing_here(tmp_path: Path) -> None:
    there, stock, here = tmp_path / "there", tmp_path / "stock", tmp_path / "here"
    there.mkdir()
    won, lost = observe(Nbgrader(60), there, [EQUAL, NOTHING])
    assert (won.earned, won.possible) == (2.0, 2.0)
    assert (lost.earned, lost.possible) == (0.0, 2.0)
    assert won.neighbour == lost.neighbour == 1.0
    assert won.ended
    assert not won.survived
    # All of them work on nbgrader's courses: what nbgrader has made and graded is taken over.
    for folder in (stock, here):
        shutil.copytree(there / "template", folder / "template")
    # Started as a program, with kernels started as programs, it gives the same as forked.
    points = [(seen.earned, seen.neighbour) for seen in observe(Unprepared(60), stock, [EQUAL, NOTHING])]
    assert points == [(won.earned, 1.0), (lost.earned, 1.0)]
    ours = observe(Gradlab(60), here, [EQUAL, NOTHING])
    assert [(seen.earned, seen.possible) for seen in ours] == [(0.0, 2.0)] * 2
    assert [seen.neighbour for seen in ours] == [1.0, 1.0]


@pytest.mark.slow
def test_a_container_keeps_everything_inside_and_tells_what_it_saw(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    report = contained(
        tmp_path,
        f"cat file; echo changed > file; echo new > other; touch {outside}; touch /usr/x; setsid sleep 300 &",
        "kill -9 -1",
        "exit 3",
        collected=["other", "absent"],
    )
    assert report.codes[0] == 0
    assert report.codes[2] == 3
    assert report.in_time
    assert report.words.startswith("given")
    assert not outside.exists()
    assert not Path("/usr/x").exists()
    assert report.before["/home/course/file"] != report.after["/home/course/file"]
    assert "/home/course/other" in report.after.keys() - report.before.keys()
    assert report.collected == {"other": "bmV3Cg==", "absent": None}
    assert (tmp_path / "given" / "file").read_text() == "given"


@pytest.mark.slow
def test_a_container_names_what_outlives_a_command_and_ends_it(tmp_path: Path) -> None:
    report = contained(tmp_path, "setsid sleep 300 > /dev/null 2>&1 &")
    assert [word.split() for word in report.survivors] == [["sleep", "300"]]
    assert report.in_time


@pytest.mark.slow
def test_a_container_stops_what_does_not_end(tmp_path: Path) -> None:
    report = contained(tmp_path, "sleep 300", seconds=1.0)
    assert report.codes == (None,)
    assert not report.in_time


@pytest.mark.slow
def test_a_container_that_cannot_start_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "leads nowhere").symlink_to("absent")
    with Container(tmp_path, Machine()) as container, pytest.raises(ContainerError, match="leads nowhere"):
        container.run(Order(tmp_path / "given", [["true"]], 60.0, ()))
    with Container(tmp_path, Machine(imported=["absent"])) as container, pytest.raises(ContainerError, match="absent"):
        container.run(Order(tmp_path / "given", [["true"]], 60.0, ()))


def test_observations_are_kept_and_counted(tmp_path: Path) -> None:
    won = Observation(2.0, 2.0, 1.0, (), survived=False, ended=True, remarks="")
    harmful = Observation(0.0, 2.0, None, ("gradebook.db",), survived=True, ended=False, remarks="no result")
    assert won.harmless
    assert not harmful.harmless
    records = [
        Record("nbgrader", "1", "lying object", EQUAL.name, key_of(EQUAL, "nbgrader 1"), "2026-01-31", won),
        Record("nbgrader", "1", "lying object", NOTHING.name, key_of(NOTHING, "nbgrader 1"), "2026-02-01", harmful),
    ]
    save(tmp_path / "kept" / "nbgrader.json", records)
    assert load(tmp_path / "kept" / "nbgrader.json") == records
    assert load(tmp_path / "absent.json") == []
    seen = {(record.grader, record.attack): record.observation for record in records}
    assert "| lying object | – | 1 of 2 | – |" in by_class([EQUAL, NOTHING], seen)
    assert "| a process outlived the grading | – | 1 of 2 | – |" in harms([EQUAL, NOTHING], seen)
    about = measured(records, [EQUAL, NOTHING])
    assert "2026-01-31 to 2026-02-01" in about
    assert "nbgrader 1: 2." in about
    page = every_attack([EQUAL, NOTHING], seen, about)
    assert about in page
    assert "| lying object | equal to everything | – | 2 of 2 | – |" in page
    assert "0 of 2; did not end; honest student not graded; a process left over; gradebook.db" in page
