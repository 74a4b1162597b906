"""From a download to ``submitted/``: read, match, choose, put in place, and say what became of everything."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.utils import parse_utc

from autograder.collect.archive import Spool
from autograder.collect.attempts import Chosen, choose
from autograder.collect.deadline import read_deadline
from autograder.collect.findings import Found, Parts, Refused
from autograder.collect.labs import Labs
from autograder.collect.matching import Match, Matcher
from autograder.collect.owners import Handed, Origin, Owner, Reader
from autograder.collect.place import place
from autograder.collect.report import Collected, Report
from autograder.collect.roster import Roster, Student, read_roster
from autograder.collect.source import read_source, with_real_times
from autograder.collect.students import add_students, due_dates, known_students, set_due_dates
from autograder.collect.unmatched import FOLDER, keep
from autograder.course.course import TIMESTAMP, Course
from autograder.errors import ExpectedError, unwritable
from autograder.formatting import count
from autograder.grading.lock import course_lock
from autograder.progress import NO_PROGRESS, Progress
from autograder.untrusted.file_names import NOTEBOOK
from autograder.untrusted.files import Quarantine, read_bytes, readable

_LONGEST_TIMESTAMP = 200
_SPOOL = "collecting-"


def collect(
    course: Course,
    source: Path,
    *,
    lab: str | None = None,
    roster: Path | None = None,
    deadline: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> Report:
    """Collect a download into the course.

    Args:
        course: the course.
        source: a folder, a ZIP archive, or a single file.
        lab: the lab; without it, the names of the notebooks say which it is.
        roster: the class list; without it, the gradebook's students are the class, and where it has none, the names
            of folders are ids.
        deadline: when the labs were due, see `read_deadline`. Without it, the gradebook says so.
        progress: is told how far it is.

    Raises:
        ExpectedError: there is no such source, lab or roster, or the course cannot be written.
    """
    labs = Labs.of(course, lab)
    _check_place(course, source)
    listed = read_roster(roster) if roster is not None else Roster(())
    due = read_deadline(deadline) if deadline is not None else None
    with course_lock(course):
        for remains in course.state.glob(f"{_SPOOL}*"):
            # A killed program has left it: whose turn it is has the course for itself.
            shutil.rmtree(remains, ignore_errors=True)
        with TemporaryDirectory(prefix=_SPOOL, dir=course.state) as spool:
            return _collect(course, source, Spool(Path(spool)), labs, listed, due, progress)


def _collect(
    course: Course,
    source: Path,
    spool: Spool,
    labs: Labs,
    listed: Roster,
    due: datetime | None,
    progress: Progress,
) -> Report:
    students = list(listed.students) or known_students(course)
    report = Report(columns=listed.columns, notes=list(listed.refused))
    deadlines = due_dates(course, labs.names)
    if due is not None:
        deadlines = dict.fromkeys(labs.names, due)
    _Collector(course, labs, Matcher(students), deadlines, report, progress).run(source, spool)
    taken = {it.student for it in report.collected}
    ids = {student.identity for student in listed.students}
    add_students(course, [*listed.students, *(Student(it) for it in sorted(taken - ids))])
    if due is not None:
        _note_deadline(course, {it.lab for it in report.collected}, due, report)
    return report


class _Collector:
    """Goes through one source."""

    def __init__(
        self,
        course: Course,
        labs: Labs,
        matcher: Matcher,
        deadlines: dict[str, datetime | None],
        report: Report,
        progress: Progress,
    ) -> None:
        self._course = course
        self._labs = labs
        self._matcher = matcher
        self._deadlines = deadlines
        self._report = report
        self._progress = progress

    def run(self, source: Path, spool: Spool) -> None:
        found: list[Found] = []
        self._progress.begin("Reading the download")
        for it in read_source(source, spool):
            if isinstance(it, Refused):
                self._report.refused.append(it)
            else:
                found.append(it)
        files = with_real_times(found, source)
        handed = Reader(self._matcher.knows, self._labs.names, self._labs.remainder).read(files)
        times = self._times(handed)
        owners: defaultdict[Owner, list[Handed]] = defaultdict(list)
        nobody: list[Handed] = []
        for file in handed:
            if file.owner is not None:
                owners[file.owner].append(file)
            elif file.inside:
                nobody.append(file)
        self._strangers(
            nobody, Match(None, "its path names no student", "Put it into a folder named by the student's id.")
        )
        matches = {owner: self._matcher.match(owner) for owner in owners}
        namesakes = self._namesakes(owners, matches)
        students: defaultdict[str, list[Handed]] = defaultdict(list)
        for owner, its_files in owners.items():
            match = namesakes.get(owner, matches[owner])
            if match.student is None:
                self._strangers(its_files, match)
            else:
                students[match.student.identity] += its_files
        self._progress.begin("Collecting", len(students))
        for student, its_files in sorted(students.items()):
            self._one(student, its_files, times)
            self._progress.advance()
        untimed = sum(it.time is None for it in self._report.collected)
        if untimed:
            self._report.notes.append(
                f"The source does not say when {count(untimed, 'submission')} came: without a timestamp.txt there "
                "is no late penalty."
            )

    def _namesakes(self, owners: Mapping[Owner, list[Handed]], matches: Mapping[Owner, Match]) -> dict[Owner, Match]:
        """Two people of one name, of whom the class lists one: the platform's numbers tell that there are two."""
        numbers: defaultdict[tuple[str, str], set[Owner]] = defaultdict(set)
        for owner, files in owners.items():
            student = matches[owner].student
            if student is not None and owner.number:
                for lab in {place.lab for file in files if (place := self._labs.place(file.inside or ("",)))}:
                    numbers[student.identity, lab].add(owner)
        return {
            owner: Match(
                None,
                f"{student} is the only student of this name in the class, and there are two",
                "Add the other one to the roster, with the platform's numbers of both.",
            )
            for (student, _), several in numbers.items()
            if len({owner.number for owner in several}) > 1
            for owner in several
        }

    def _times(self, handed: Iterable[Handed]) -> dict[Parts, datetime]:
        """What nbgrader's own timestamp.txt say: a platform's download has none but those that students wrote."""
        times: dict[Parts, datetime] = {}
        for file in handed:
            plain = file.owner is not None and file.owner.origin is Origin.PLAIN
            found = file.found
            if plain and found.parts[-1] == TIMESTAMP and found.owned == len(found.parts):
                try:
                    times[found.parts[:-1]] = _time(read_bytes(found.content, _LONGEST_TIMESTAMP).decode().strip())
                except (ExpectedError, Quarantine, UnicodeDecodeError):
                    self._report.refused.append(
                        Refused(readable(found.name), "it holds no date", "Write one like 2026-11-22 14:05 UTC.")
                    )
        return times

    def _one(self, student: str, files: list[Handed], times: dict[Parts, datetime]) -> None:
        files = [file for file in files if file.inside and file.inside[-1] != TIMESTAMP]
        chosen, rest = choose(files, self._labs, times, self._deadlines)
        strays = [file for file in rest if NOTEBOOK.search(file.inside[-1])] if chosen else rest
        self._strangers(strays, _stray(student, strays, chosen=bool(chosen)))
        left = [file.found.name for file in rest if file not in strays]
        self._report.notes += [
            f"{readable(name)} was left out: it lies beside another attempt, or its name is taken." for name in left
        ]
        for it in chosen:
            self._place(student, it)

    def _place(self, student: str, chosen: Chosen) -> None:
        try:
            outcome = place(self._course, student, chosen)
        except Quarantine as error:
            self._report.refused.append(Refused(f"{student}/{chosen.lab}/{error.file}", error.reason, f"{error.cure}."))
            return
        except OSError as error:
            folder = self._course.folder(self._course.directory.submitted_directory, student, chosen.lab)
            raise unwritable(folder, error) from error
        self._report.collected.append(
            Collected(
                student,
                chosen.lab,
                outcome,
                tuple(sorted(chosen.files)),
                chosen.time,
                chosen.late,
                len(chosen.passed_over),
            )
        )

    def _strangers(self, files: list[Handed], match: Match) -> None:
        if not files:
            return
        inside = self._course.root / FOLDER
        keep(self._course.root, [it.found for it in files if not it.found.content.is_relative_to(inside)])
        for it in files:
            self._report.unmatched.append(Refused(readable(it.found.name), match.reason, match.cure))


def _stray(student: str, files: list[Handed], *, chosen: bool) -> Match:
    """Why a student's files belong to no lab."""
    if chosen:
        reason = "neither its name nor its cells are those of a lab's notebook"
    elif any(NOTEBOOK.search(file.inside[-1]) for file in files):
        reason = f"{student} has handed in no notebook whose name or cells are those of one lab"
    else:
        return Match(None, f"{student} has handed in no notebook", "Ask for the .ipynb file.")
    return Match(None, reason, "Say which lab it is with --lab, or give the file the notebook's name.")


def _check_place(course: Course, source: Path) -> None:
    here = source.resolve()
    submitted = (course.root / course.directory.submitted_directory).resolve()
    if here == submitted or here.is_relative_to(submitted) or course.root.is_relative_to(here):
        raise ExpectedError(
            f"{source} is where submissions are collected to.", "Name the folder or the ZIP file that you downloaded."
        )


def _time(text: str) -> datetime:
    try:
        time = parse_utc(text)
    except (ValueError, ArithmeticError, TypeError) as error:
        raise ExpectedError(f"{text!r} is no time ({error}).", "Write one like 2026-11-22 14:05 UTC.") from error
    assert isinstance(time, datetime)
    return time


def _note_deadline(course: Course, labs: set[str], due: datetime, report: Report) -> None:
    known = due_dates(course, sorted(labs))
    set_due_dates(course, [lab for lab, time in known.items() if time is None], due)
    report.notes += [
        f"The gradebook says that {lab} was due at {time:%Y-%m-%d %H:%M} UTC; late penalties go by that."
        for lab, time in known.items()
        if time is not None and time != due
    ]
