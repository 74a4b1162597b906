"""Collect a download into ``submitted/``: read it, match owners to students, choose attempts, write them, report."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.utils import parse_utc

from autograder.collect.archive import TemporaryFolder
from autograder.collect.attempts import ChosenAttempt, choose
from autograder.collect.deadlines import add_due_dates, due_dates, extensions, read_deadline
from autograder.collect.notebooks import Labs
from autograder.collect.owners import OwnerFinder, SubmittedFile
from autograder.collect.records import Collected, Found, Refused, Report
from autograder.collect.source import read_source, without_download_times
from autograder.collect.storage import UNMATCHED, keep_unmatched, write_submission
from autograder.course.course import TIMESTAMP, Course
from autograder.errors import ExpectedError, unwritable
from autograder.formatting import count
from autograder.grading.lock import course_lock
from autograder.progress import NO_PROGRESS, Progress
from autograder.roster.class_list import Roster, Student, read_roster
from autograder.roster.gradebook import add_students, known_students
from autograder.roster.matching import Match, Matcher, Owner, Platform
from autograder.untrusted.file_names import NOTEBOOK
from autograder.untrusted.files import Quarantine, read_bytes, readable
from autograder.untrusted.paths import Parts

_LONGEST_TIMESTAMP = 200
_TEMPORARY = "collecting-"
_NO_STUDENT_IN_PATH = Match(None, "its path names no student", "Put it into a folder named by the student's id.")


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
        roster: the class list; without it, the gradebook's students are the class, and if it has none, the names of
            folders are ids.
        deadline: when the labs were due, see `read_deadline`; without it, the gradebook says so.
        progress: receives how far the work is.

    Raises:
        ExpectedError: there is no such source, lab or roster, or the course cannot be written.
    """
    labs = Labs.of(course, lab)
    _check_outside(course, source)
    listed = read_roster(roster) if roster is not None else Roster(())
    due = read_deadline(deadline) if deadline is not None else None
    with course_lock(course):
        for left_over in course.state.glob(f"{_TEMPORARY}*"):
            # From a killed program: the lock says that no other one runs.
            shutil.rmtree(left_over, ignore_errors=True)
        students = list(listed.students) or known_students(course)
        # Read in any case, so that an unreadable gradebook is found before anything is written.
        deadlines = due_dates(course, labs.names)
        if due is not None:
            deadlines = dict.fromkeys(labs.names, due)
        report = Report(columns=listed.columns, notes=list(listed.refused))
        with TemporaryDirectory(prefix=_TEMPORARY, dir=course.state) as folder:
            extended = extensions(course, [name for name, known in deadlines.items() if known is not None])
            collector = _Collector(course, labs, Matcher(students), deadlines, extended, report, progress)
            collector.run(source, TemporaryFolder(Path(folder)))
        collected = {it.student for it in report.collected}
        unlisted = collected - {student.identity for student in listed.students}
        add_students(course, [*listed.students, *(Student(it) for it in sorted(unlisted))])
        if due is not None:
            report.notes += add_due_dates(course, {it.lab for it in report.collected}, due)
    return report


@dataclass(frozen=True)
class _Collector:
    """Collects one source, and adds to the report what became of each file."""

    course: Course
    labs: Labs
    matcher: Matcher
    deadlines: dict[str, datetime | None]
    extensions: dict[tuple[str, str], timedelta]
    report: Report
    progress: Progress

    def run(self, source: Path, folder: TemporaryFolder) -> None:
        self.progress.begin("Reading the download")
        found: list[Found] = []
        for it in read_source(source, folder):
            if isinstance(it, Refused):
                self.report.refused.append(it)
            else:
                found.append(it)
        finder = OwnerFinder(self.matcher.knows, self.labs.names, self.labs.without_notebook)
        files = finder.find(without_download_times(found, source))
        times = self._timestamps(files)
        students = self._files_by_student(files)
        self.progress.begin("Collecting", len(students))
        for student, its_files in sorted(students.items()):
            self._collect_student(student, its_files, times)
            self.progress.advance()
        untimed = sum(it.time is None for it in self.report.collected)
        if untimed:
            self.report.notes.append(
                f"The source does not say when {count(untimed, 'submission')} came: without a timestamp.txt there "
                "is no late penalty."
            )

    def _files_by_student(self, files: Iterable[SubmittedFile]) -> dict[str, list[SubmittedFile]]:
        """Match files to students, id → files; files that match none are kept in ``unmatched/``."""
        owners: defaultdict[Owner, list[SubmittedFile]] = defaultdict(list)
        without_owner: list[SubmittedFile] = []
        for file in files:
            if file.owner is not None:
                owners[file.owner].append(file)
            elif file.inside:
                without_owner.append(file)
        self._keep_unmatched(without_owner, _NO_STUDENT_IN_PATH)
        matches = {owner: self.matcher.match(owner) for owner in owners}
        matches |= self._namesakes(owners, matches)
        students: defaultdict[str, list[SubmittedFile]] = defaultdict(list)
        for owner, its_files in owners.items():
            student = matches[owner].student
            if student is None:
                self._keep_unmatched(its_files, matches[owner])
            else:
                students[student.identity] += its_files
        return students

    def _namesakes(
        self, owners: Mapping[Owner, list[SubmittedFile]], matches: Mapping[Owner, Match]
    ) -> dict[Owner, Match]:
        """Refuse owners with different numbers of the platform that match one student: they are different people."""
        numbered: defaultdict[tuple[str, str], set[Owner]] = defaultdict(set)
        for owner, files in owners.items():
            student = matches[owner].student
            if student is not None and owner.number:
                for lab in {it.lab for file in files if (it := self.labs.by_name(file.inside or ("",)))}:
                    numbered[student.identity, lab].add(owner)
        return {
            owner: Match(
                None,
                f"{student} is the only student of this name in the class, and there are two",
                "Add the other one to the roster, with the platform's numbers of both.",
            )
            for (student, _), several in numbered.items()
            if len({owner.number for owner in several}) > 1
            for owner in several
        }

    def _timestamps(self, files: Iterable[SubmittedFile]) -> dict[Parts, datetime]:
        """The times in nbgrader's timestamp.txt: folder → time. In a platform's download, students wrote them."""
        times: dict[Parts, datetime] = {}
        for file in files:
            without_platform = file.owner is not None and file.owner.platform is Platform.NONE
            found = file.found
            if without_platform and found.parts[-1] == TIMESTAMP and found.owned == len(found.parts):
                try:
                    text = read_bytes(found.content, _LONGEST_TIMESTAMP).decode().strip()
                    time = parse_utc(text)
                    assert isinstance(time, datetime)
                    times[found.parts[:-1]] = time
                except (ValueError, ArithmeticError, TypeError, Quarantine):
                    self.report.refused.append(
                        Refused(readable(found.name), "it holds no date", "Write one like 2026-11-22 14:05 UTC.")
                    )
        return times

    def _collect_student(self, student: str, files: list[SubmittedFile], times: dict[Parts, datetime]) -> None:
        files = [file for file in files if file.inside and file.inside[-1] != TIMESTAMP]
        attempts, rest = choose(files, self.labs, times, self._deadlines_of(student))
        unmatched = [file for file in rest if NOTEBOOK.search(file.inside[-1])] if attempts else rest
        self._keep_unmatched(unmatched, _without_lab(student, unmatched, has_attempts=bool(attempts)))
        self.report.notes += [
            f"{readable(file.found.name)} was left out: it lies beside another attempt, or its name is taken."
            for file in rest
            if file not in unmatched
        ]
        self.report.notes += self._misnamed(files, attempts)
        for attempt in attempts:
            self._write(student, attempt)

    def _misnamed(self, files: Iterable[SubmittedFile], attempts: Iterable[ChosenAttempt]) -> Iterator[str]:
        """What became of files that hold another notebook than their names say."""
        taken = {id(file) for attempt in attempts for file in attempt.files.values()}
        for file in files:
            actual = self.labs.misnamed(file.inside, file.found.content)
            if actual is not None:
                became = "collected as that" if id(file) in taken else "left out: that one is there, or not collected"
                yield (
                    f"{readable(file.found.name)} is the notebook {actual.notebook!r} of the lab {actual.lab!r} by its "
                    f"cells, and was {became}."
                )

    def _deadlines_of(self, student: str) -> dict[str, datetime | None]:
        return {
            lab: due + self.extensions.get((student, lab), timedelta()) if due is not None else None
            for lab, due in self.deadlines.items()
        }

    def _write(self, student: str, attempt: ChosenAttempt) -> None:
        try:
            outcome = write_submission(self.course, student, attempt)
        except Quarantine as error:
            name = f"{student}/{attempt.lab}/{error.file}"
            self.report.refused.append(Refused(name, error.reason, f"{error.cure}."))
            return
        except OSError as error:
            folder = self.course.folder(self.course.directory.submitted_directory, student, attempt.lab)
            raise unwritable(folder, error) from error
        self.report.collected.append(
            Collected(
                student,
                attempt.lab,
                outcome,
                tuple(sorted(attempt.files)),
                attempt.time,
                attempt.late,
                len(attempt.not_chosen),
            )
        )

    def _keep_unmatched(self, files: list[SubmittedFile], match: Match) -> None:
        if not files:
            return
        kept = self.course.root / UNMATCHED
        keep_unmatched(self.course.root, [it.found for it in files if not it.found.content.is_relative_to(kept)])
        self.report.unmatched += [Refused(readable(it.found.name), match.reason, match.cure) for it in files]


def _without_lab(student: str, files: list[SubmittedFile], *, has_attempts: bool) -> Match:
    """Why a student's files belong to no lab."""
    if has_attempts:
        reason = "neither its name nor its cells are those of a lab's notebook"
    elif any(NOTEBOOK.search(file.inside[-1]) for file in files):
        reason = f"{student} has handed in no notebook whose name or cells are those of one lab"
    else:
        return Match(None, f"{student} has handed in no notebook", "Ask for the .ipynb file.")
    return Match(None, reason, "Say which lab it is with --lab, or give the file the notebook's name.")


def _check_outside(course: Course, source: Path) -> None:
    resolved = source.resolve()
    submitted = (course.root / course.directory.submitted_directory).resolve()
    if resolved == submitted or resolved.is_relative_to(submitted) or course.root.is_relative_to(resolved):
        raise ExpectedError(
            f"{source} is where submissions are collected to.", "Name the folder or the ZIP file that you downloaded."
        )
