"""Judges notebooks on this machine: starts, serves and replaces judge servers, judges, a zygote and its students."""

import os
import queue
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from autograder.cells import Cell, LabNotebook, Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.cache_keys import notebook_key
from autograder.grading.json_store import JsonStore
from autograder.grading.judge_server import JudgeServer
from autograder.grading.judge_session import DisturbedError, JudgeSession
from autograder.grading.levels import (
    LabLevels,
    blind_tests,
    failed_tests,
    gives_less,
    needed_tests,
    skipped,
    tests_of,
    tests_of_one_process,
)
from autograder.grading.prestart import Prestart
from autograder.grading.secret import derived_secret, open_secret
from autograder.grading.terms import Terms
from autograder.grading.wall_obstacles import cure_for
from autograder.judging.case import Case, broken, complete
from autograder.judging.skipped_cells import SkippedCells, SkipProblem, tagged_cells
from autograder.limits import Limits
from autograder.python_names import imported_packages
from autograder.sandbox.accelerator import accelerator_for
from autograder.sandbox.library_uses import late_imports, library_uses
from autograder.sandbox.student_process import StudentProcess
from autograder.sandbox.zygote import Zygote
from autograder.verdicts import CellStatus, CellVerdict, Level, NotebookResult, TestLevel
from autograder.wall.errors import ConnectionClosedError, DeadlineExceededError, MalformedError
from autograder.wall.profile import Profile, Recorder
from autograder.wire import MalformedRecordError, from_plain, to_plain

_MOST_JUDGES: Final = 9
"""Judges that are forked for one notebook before it ends as broken."""
_MOST_DEATHS_IN_CELL: Final = 2
"""How often a judge may die in a cell before the cell is blamed: a test that kills it does so each time."""
_MOST_DISTURBANCES: Final = 2
"""How often a kill of the student's process is blamed on the machine before it is blamed on the submission."""
_ATTEMPTS: Final = 3
_LEAST_SECONDS: Final = 1.0


def measures(state: Path) -> JsonStore:
    """What is kept of what was found out on the instructors' solutions.

    Args:
        state: the folder in which the autograder keeps what belongs to a course.
    """
    return JsonStore(state / "measures")


class CpuCores:
    """The processor cores that this process may use, each lent to one submission. Several threads may borrow.

    Of a judge and its student, one always waits for the other. On two cores each message wakes another core; on one
    core none is woken, which makes a submission about a fifth cheaper.
    """

    def __init__(self) -> None:
        self._free: queue.SimpleQueue[int] = queue.SimpleQueue()
        cores = list(os.sched_getaffinity(0))
        # So that two programs on one machine don't both take the first few.
        random.shuffle(cores)
        for core in cores:
            self._free.put(core)

    @contextmanager
    def borrow(self) -> Iterator[int | None]:
        """Borrow a core; None if all are lent."""
        try:
            core = self._free.get_nowait()
        except queue.Empty:
            yield None
            return
        try:
            yield core
        finally:
            self._free.put(core)


def pin(process: int, core: int | None) -> None:
    """Have a process run on one core alone, if one is given and both still exist."""
    if core is not None:
        with suppress(OSError):
            os.sched_setaffinity(process, {core})


class AttemptsClock:
    """Shares out the time of one submission among the attempts to judge it.

    A submission that ends its own process late must not have its time once more for each attempt.

    Args:
        limits: what the submission may use.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._first = self._begun = time.monotonic()
        self.longest = 0.0
        """Seconds that the longest attempt took which has ended."""

    def begin(self) -> Limits:
        """Begin an attempt; returns what is left for it."""
        self._begun = time.monotonic()
        left = self._limits.submission_seconds - (self._begun - self._first)
        return replace(self._limits, submission_seconds=max(left, _LEAST_SECONDS))

    def suffices(self) -> bool:
        """Whether the time that is left is enough to come as far again as the attempt did that has just ended."""
        now = time.monotonic()
        self.longest = max(self.longest, now - self._begun)
        return self._limits.submission_seconds - (now - self._first) > self.longest


@dataclass(frozen=True)
class _PreparedNotebook:
    """A notebook whose instructor's version has run.

    Attributes:
        notebook: the instructor's notebook.
        files: the lab's data files: path → content.
        server: forks its judges.
        profile: what a submission may do across the wall.
        levels: where each of its tests runs.
        problem: why the tagged cells are run all the same; None if they are skipped, or there are none.
    """

    notebook: LabNotebook
    files: Mapping[str, bytes]
    server: JudgeServer
    profile: Profile
    levels: LabLevels
    problem: SkipProblem | None


@dataclass(frozen=True)
class _Measure:
    """What is found out about a notebook on the instructor's own solution.

    Attributes:
        profile: what a submission may do across the wall.
        levels: where each of its tests runs.
        skipped: the cells that are skipped; None if none are.
        problem: why the tagged cells are run all the same; None if they are skipped, or there are none.
    """

    profile: Profile
    levels: LabLevels
    skipped: SkippedCells | None = None
    problem: SkipProblem | None = None


class LocalExecutor:
    """Judges notebooks on this machine; see `autograder.grading.submission.NotebookExecutor`.

    Args:
        state: the folder in which the autograder keeps what belongs to a course (its secret, its solutions' profiles).
        terms: the terms of the run, of which limits and mode matter here.
        prestart: processes that were started already, on the same terms.
        secret_of_solution: the secret from which the hidden inputs of the instructor's own solution are drawn; None to
            derive it from the course's secret in ``state``.
    """

    def __init__(
        self, state: Path, terms: Terms, *, prestart: Prestart | None = None, secret_of_solution: bytes | None = None
    ) -> None:
        self._state = state
        self._profiles = measures(state)
        self._terms = terms
        self._limits = terms.limits
        self._prestart = prestart
        self._secret_of_solution = secret_of_solution
        self._cores = CpuCores()
        self._lock = threading.Lock()
        self._prepared: list[_PreparedNotebook] = []
        self._starting: JudgeServer | None = None
        self._zygote_lock = threading.Lock()
        self._zygote: Zygote | None = None
        self._modules: tuple[str, ...] = ()
        self._packages: frozenset[str] = frozenset()
        self._runs_beside = False
        self._closed = False
        self._device = accelerator_for(terms.limits).check(partial(self._new_student, None))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process; what is being judged ends as broken."""
        self._closed = True
        if self._starting is not None:
            self._starting.disconnect()
        for prepared in self._prepared:
            prepared.server.close()
        self._prepared.clear()
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        """Judge one notebook; see `autograder.grading.submission.NotebookExecutor`."""
        for _ in range(_ATTEMPTS):
            result, conclusive = self._judge_once(notebook, files, case)
            if conclusive:
                break
        return result

    def levels(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> tuple[TestLevel, ...]:
        """At which level each test of a notebook runs, in the notebook's order.

        Args:
            notebook: the instructor's notebook.
            files: the lab's own data files: path → content.

        Raises:
            ExpectedError: the sandbox or the instructor's notebook can't be used.
        """
        return self._prepare(notebook, files).levels.tests

    def skip_problem(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> SkipProblem | None:
        """Why the tagged cells of a notebook are run all the same; None if they are skipped, or there are none.

        Args:
            notebook: the instructor's notebook.
            files: the lab's own data files: path → content.

        Raises:
            ExpectedError: the sandbox or the instructor's notebook can't be used.
        """
        return self._prepare(notebook, files).problem

    def _judge_once(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> tuple[NotebookResult, bool]:
        """The result, and whether it is conclusive: if not, the notebook must be judged again."""
        prepared = self._prepare(notebook, files)
        self._import_for(case)
        levels = prepared.levels
        overdrawn = self._overdrawn()
        result, _ = self._run(prepared.server, levels.apply(replace(case, profile=prepared.profile)))
        notes = () if prepared.problem is None else (prepared.problem.sentence(notebook),)
        result = replace(result, levels=levels.remarkable, notes=notes)
        # A submission that takes all of an accelerator's memory leaves too little to those that run beside it.
        crowded = self._overdrawn() > overdrawn and self._device.ran_out_of_memory(result)
        result = self._device.without_device_failures(result, case.submitted.cells)
        broke = any(verdict.status is CellStatus.BROKE for verdict in result.verdicts)
        # If the judge server was killed, as when memory runs out, the next attempt starts another one.
        return result, not (crowded or (broke and prepared.server.ended))

    def _overdrawn(self) -> int:
        zygote = self._zygote
        return 0 if zygote is None else zygote.overdrawn

    def _prepare(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> _PreparedNotebook:
        with self._lock:
            if self._closed:
                raise ExpectedError("Grading was stopped.")
            for prepared in list(self._prepared):
                if prepared.server.ended:
                    prepared.server.close()
                    self._prepared.remove(prepared)
                elif prepared.notebook == notebook and prepared.files == files:
                    return prepared
            if self._zygote is None:
                # It starts in the background, while the instructor's notebook runs.
                taken = self._prestart.take_zygote() if self._prestart is not None else None
                self._zygote = taken or Zygote(self._terms.mode, self._limits)
            # As soon as it has started: most of what is left to import follows from the notebook's text alone.
            self._zygote.warm_soon(late_imports(_texts(notebook, tagged_cells(notebook.source))))
            key = notebook_key(notebook, files, self._terms)
            known = self._known_measure(key)
            server = self._open_server(notebook, files, known)
            try:
                measure = known or self._measure(server, notebook, files)
                if known is None and server.skipped is not None:
                    server, measure = self._compared(server, measure, notebook, files)
                if known is None and _is_complete(measure):
                    self._keep_measure(key, measure)
            except BaseException:
                server.close()
                raise
            prepared = _PreparedNotebook(notebook, files, server, measure.profile, measure.levels, measure.problem)
            self._prepared.append(prepared)
            return prepared

    def _open_server(self, notebook: LabNotebook, files: Mapping[str, bytes], known: _Measure | None) -> JudgeServer:
        """Start a judge server in which the instructor's notebook has run, without the cells that are skipped."""
        examine = known is None and bool(tagged_cells(notebook.source))
        server = self._start_server(notebook, files, None if known is None else known.skipped, examine=examine)
        if server.problem is None:
            return server
        problem = server.problem
        server.close()
        server = self._start_server(notebook, files, None)
        server.problem = problem
        return server

    def _start_server(
        self, notebook: LabNotebook, files: Mapping[str, bytes], skip: SkippedCells | None, *, examine: bool = False
    ) -> JudgeServer:
        assert self._zygote is not None
        self._starting = server = (self._prestart and self._prestart.take_judge_server()) or JudgeServer()
        try:
            server.run_instructor_notebook(notebook, files, self._limits, skip, examine=examine)
            if server.problem is None:
                texts = _texts(notebook, frozenset() if server.skipped is None else frozenset(server.skipped.cells))
                self._packages |= imported_packages(texts)
                # Where there is a GPU, a gradient would start its driver, which does not survive a fork.
                uses = [] if self._limits.gpu_bytes else library_uses(texts, server.modules)
                self._warm(self._zygote, [*server.modules, *late_imports(texts)], uses)
                self._device.before_grading()
        except BaseException:
            server.close()
            raise
        return server

    def _compared(
        self, server: JudgeServer, measure: _Measure, notebook: LabNotebook, files: Mapping[str, bytes]
    ) -> tuple[JudgeServer, _Measure]:
        """See that the solution fares without the skipped cells as it does with all of them.

        Returns:
            The judge server of the way in which the notebook is graded, and what was found out in this way.
        """
        tests = tests_of(notebook)
        full = all(server.points.get(grade_id, cell.points) >= cell.points for grade_id, cell in tests.items())
        if full and not server.failures and not measure.levels.remarkable:
            return server, measure
        other = self._start_server(notebook, files, None)
        try:
            with_all = self._measure(other, notebook, files)
            problem = _lost(server, measure, other, with_all)
        except BaseException:
            other.close()
            raise
        if problem is None:
            other.close()
            return server, measure
        server.close()
        return other, replace(with_all, problem=problem)

    def _import_for(self, case: Case) -> None:
        """Have the zygote import what a submission may use and the instructor does not."""
        late = late_imports(cell.source for cell in case.submitted.cells if cell.kind == "code")
        with self._lock:
            missing = [name for name in late if name not in self._modules]
            if missing and self._zygote is not None:
                self._warm(self._zygote, missing)

    def _warm(self, zygote: Zygote, modules: Sequence[str], uses: Sequence[str] = ()) -> None:
        """Have the zygote, and one that replaces it, import modules; and this one alone use libraries.

        One that replaces it may do so because this one ended of that.
        """
        self._modules = tuple(dict.fromkeys((*self._modules, *modules)))
        try:
            zygote.warm(modules)
            if uses:
                zygote.use_libraries(uses)
            self._note_libraries()
        except ExpectedError:
            if not zygote.has_started:
                raise
            # It was killed since: another one, which imports the same, serves the rest of the class.
            self._replace_zygote(zygote)

    def _measure(self, server: JudgeServer, notebook: LabNotebook, files: Mapping[str, bytes]) -> _Measure:
        """Judge the instructor's own solution: what it does across the wall, and where each test runs."""
        solution = SubmittedNotebook(notebook.name, notebook.source)
        secret = self._secret_of_solution or derived_secret(open_secret(self._state), notebook.name)
        case = Case(solution, files, secret, Recorder(), self._limits)
        reasons = tests_of_one_process(notebook)
        result, recorded = self._run(server, replace(case, excluded=skipped(solution, reasons)))
        if not recorded:
            # Without a profile no answer can be judged.
            reason = "the solution could not be run to the end"
            nowhere = [TestLevel(grade_id, Level.NONE, reason) for grade_id in tests_of(notebook)]
            return _Measure(Profile(), LabLevels(tuple(nowhere)), server.skipped, server.problem)
        profile = from_plain(Profile, recorded)
        reasons |= failed_tests(result, server.failures, server.points)
        reasons |= blind_tests(notebook, files, self._limits, profile.unasked - server.failures.keys() - reasons.keys())
        profile, levels = self._find_levels(server, notebook, case, profile, reasons)
        # Once more with other numbers, and with what a submission may do: the solution must pass as one, too.
        case = replace(case, secret=derived_secret(secret, "again"), profile=profile)
        result, _ = self._run(server, levels.apply(case))
        if again := failed_tests(result, server.failures, server.points):
            case = replace(case, profile=Recorder())
            profile, levels = self._find_levels(server, notebook, case, profile, reasons | again)
        return _Measure(profile, levels, server.skipped, server.problem)

    def _find_levels(
        self, server: JudgeServer, notebook: LabNotebook, case: Case, profile: Profile, reasons: Mapping[str, str]
    ) -> tuple[Profile, LabLevels]:
        """Try the tests that can't run at the wall beside the solution's code.

        Args:
            server: forks the judges.
            notebook: the instructor's notebook.
            case: the solution, as it was judged across the wall.
            profile: what it did there.
            reasons: why a test can't run at the wall, by grade id.
        """
        tests = tests_of(notebook)
        wall_only = self._terms.level is Level.WALL
        waiting = {grade_id for grade_id in reasons if not wall_only and not tests[grade_id].wall_only}
        beside: dict[str, tuple[str, ...]] = {}
        replayed: set[str] = set()
        failures = dict(reasons)
        if waiting:
            self._runs_beside = True
            self._note_libraries()
        # A test may need what the tests above it leave in the notebook's objects and for the cells between them.
        for replays in (False, True):
            if not waiting:
                break
            trial = {grade_id: () if replays else needed_tests(notebook, grade_id) for grade_id in waiting}
            excluded = skipped(case.submitted, reasons.keys() - trial.keys())
            attempt = replace(
                case, excluded=excluded, beside=trial, replayed=frozenset(trial) if replays else frozenset()
            )
            result, recorded = self._run(server, attempt)
            if recorded:
                profile = replace(profile, changes=profile.changes | from_plain(Profile, recorded).changes)
            for verdict in result.verdicts:
                if verdict.grade_id not in trial:
                    continue
                passed = verdict.status in (CellStatus.PASSED, CellStatus.PARTIAL)
                if passed and not gives_less(verdict, server.points):
                    beside[verdict.grade_id] = trial[verdict.grade_id]
                    replayed |= {verdict.grade_id} if replays else set()
                else:
                    failures[verdict.grade_id] = f"{reasons[verdict.grade_id]}; beside the code: {verdict.message}"
            waiting -= beside.keys()
        # One that the solution fails in one process, too, says of a submission what it says there.
        failing = waiting & server.failures.keys()
        beside |= {grade_id: needed_tests(notebook, grade_id) for grade_id in failing}
        levels = []
        for grade_id, cell in tests.items():
            level = Level.BESIDE if grade_id in beside else Level.NONE if grade_id in reasons else Level.WALL
            raised = server.failures.get(grade_id)
            reason = failures.get(grade_id, "") if level is Level.NONE else reasons.get(grade_id, "")
            if raised is not None and level is not Level.NONE:
                reason = f"the solution itself fails it: {raised}"
            levels.append(TestLevel(grade_id, level, reason, cure_for(reason, cell.source) if reason else ""))
        return profile, LabLevels(tuple(levels), beside, frozenset(replayed))

    def _note_libraries(self) -> None:
        if self._runs_beside and self._zygote is not None:
            self._zygote.note_libraries(self._packages)

    def _keep_measure(self, key: str, measure: _Measure) -> None:
        profile = {name: sorted(values) for name, values in to_plain(measure.profile).items()}
        self._profiles.keep(key, {**to_plain(measure), "profile": profile})

    def _known_measure(self, key: str) -> _Measure | None:
        kept = self._profiles.find(key)
        profile = kept.get("profile") if isinstance(kept, dict) else None
        # A missing field must not count as an empty one.
        if not isinstance(profile, dict) or not {field.name for field in fields(Profile)} <= profile.keys():
            return None
        try:
            measure = from_plain(_Measure, kept)
        except MalformedRecordError:
            return None
        if measure.levels.beside:
            self._runs_beside = True
            self._note_libraries()
        return measure

    def _run(self, server: JudgeServer, case: Case) -> tuple[NotebookResult, dict[str, Any]]:
        """Have a notebook judged, by another judge if one dies; also returns what `JudgeSession.serve` does.

        All attempts together have the time of one submission.
        """
        cells = case.submitted.cells
        recorded: dict[str, Any] = {}
        whole = replace(case, all_cells=True)
        disturbances, deaths = 0, Counter[int | None]()
        clock = AttemptsClock(self._limits)
        for _ in range(_MOST_JUDGES):
            limits = clock.begin()
            case = replace(case, limits=limits)
            try:
                with self._cores.borrow() as core:
                    new_student = partial(self._new_student, core)
                    suspect_kills = disturbances < _MOST_DISTURBANCES
                    session = JudgeSession(limits, new_student, suspect_kills=suspect_kills)
                    recorded, reason = self._serve_judge(server, case, session, core), ""
                break
            except DisturbedError as error:
                disturbances, reason = disturbances + 1, str(error)
                if not clock.suffices():
                    reason += (
                        f", after {clock.longest:.0f} seconds: the time for one submission is too short to try again"
                    )
                    break
            except (ConnectionClosedError, DeadlineExceededError, MalformedError) as error:
                reason = f"{server.log_tail() or 'the judge ended without any output'} ({type(error).__name__})"
                index = session.running_cell(len(cells))
                if self._closed or server.ended:
                    break
                hung = isinstance(error, DeadlineExceededError)
                if not (hung or clock.suffices()):
                    break
                if deaths[index] < _MOST_DEATHS_IN_CELL and not hung:
                    # The judge, too, may have been killed from outside.
                    deaths[index] += 1
                elif index is None or cells[index].role is not Role.TEST:
                    break
                else:
                    # The next judge skips this test.
                    verdict = self._judge_died(cells[index], reason, error)
                    case = replace(case, excluded={**case.excluded, index: verdict})
        if session.reliance and not case.all_cells:
            return self._run(server, whole)
        flags = (*session.flags, "the grader itself failed") if reason else tuple(session.flags)
        outcomes = complete(case.submitted, session.outcomes, reason)
        return NotebookResult(case.submitted.name, outcomes, flags), recorded

    def _judge_died(self, cell: Cell, reason: str, error: BaseException) -> CellVerdict:
        """The verdict on a test in which the judge died, or hung: a loop in C over a student's huge object."""
        if not isinstance(error, DeadlineExceededError):
            return broken(cell, reason)
        message = f"With your answer the test had not come to an end after {self._limits.cell_seconds:g} seconds."
        return CellVerdict(cell.grade_id or "", 0.0, cell.points, CellStatus.TIMED_OUT, message)

    def _serve_judge(self, server: JudgeServer, case: Case, session: JudgeSession, core: int | None) -> dict[str, Any]:
        connection, process = server.fork_judge(case)
        pin(process, core)
        try:
            return session.serve(connection)
        finally:
            connection.close()
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def _new_student(self, core: int | None) -> StudentProcess:
        zygote = self._zygote
        if zygote is None:
            raise ConnectionClosedError("the executor is closed")
        try:
            return zygote.fork(core)
        except ExpectedError:
            # It may have been killed, as when memory runs out: another one then serves the rest of the class.
            return self._replace_zygote(zygote).fork(core)

    def _replace_zygote(self, dead: Zygote) -> Zygote:
        with self._zygote_lock:
            if self._closed or self._zygote is None:
                raise ConnectionClosedError("the executor is closed")
            if self._zygote is dead:
                dead.close()
                self._zygote = Zygote(self._terms.mode, self._limits, self._modules)
                self._note_libraries()
            return self._zygote


def _texts(notebook: LabNotebook, left_out: frozenset[int]) -> list[str]:
    """The texts of the instructor's code cells, without some of them."""
    cells = enumerate(notebook.source)
    return [cell.source for index, cell in cells if cell.kind == "code" and index not in left_out]


def _is_complete(measure: _Measure) -> bool:
    """Whether the solution could be run to the end: a machine that was short of memory is no property of the lab."""
    tests = measure.levels.tests
    return measure.profile != Profile() or not tests or any(test.level is not Level.NONE for test in tests)


def _lost(lean: JudgeServer, without: _Measure, full: JudgeServer, with_all: _Measure) -> SkipProblem | None:
    """What the worked solution loses without the skipped cells; None if nothing."""
    levels = {test.grade_id: test.level for test in with_all.levels.tests}
    for test in without.levels.tests:
        failed = test.grade_id in lean.failures.keys() - full.failures.keys()
        fewer = lean.points.get(test.grade_id) != full.points.get(test.grade_id)
        if failed or fewer or test.level is not levels.get(test.grade_id):
            why = lean.failures.get(test.grade_id) or test.reason or "the test gives it another number of points"
            return SkipProblem(None, f"without them the worked solution does not pass {test.grade_id!r}: {why}")
    return None
