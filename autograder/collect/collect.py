"""Collect a download into ``submitted/``: read it, match owners to students, choose attempts, write them, report."""

import errno
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.collect.archive import TemporaryFolder
from autograder.collect.attempts import ChosenAttempt, choose
from autograder.collect.deadlines import add_due_dates, due_dates, extensions, read_deadline
from autograder.collect.notebooks import Labs
from autograder.collect.owners import OwnerFinder, SubmittedFile
from autograder.collect.records import Collected, Found, Refused, Report
from autograder.collect.source import read_source, without_download_times
from autograder.collect.storage import UNMATCHED, keep_unmatched, write_submission
from autograder.collect.teams import TeamFinder
from autograder.course.course import TIMESTAMP, Course
from autograder.course.submissions import MOST_BYTES
from autograder.errors import ExpectedError, described, is_not_about_one_file, unwritable
from autograder.formatting import count
from autograder.grading.lock import course_lock
from autograder.progress import NO_PROGRESS, Progress
from autograder.roster.class_list import Roster, Student, read_roster
from autograder.roster.gradebook import add_students, known_students
from autograder.roster.matching import Match, Matcher, Owner, Platform
from autograder.roster.teams import Teams, keep_teams, read_teams, teams_in
from autograder.untrusted.file_names import NOTEBOOK
from autograder.untrusted.files import Quarantine, read_bytes, readable
from autograder.untrusted.paths import Parts
from autograder.untrusted.times import read_time

_LONGEST_TIMESTAMP = 200
_TEMPORARY = "collecting-"
_MOST_NAMED = 5
_LOOK = "Look at what was handed in; everything else was collected."
_NO_STUDENT_IN_PATH = Match(None, "its path names no student", "Put it into a folder named by the student's id.")


def collect(
    course: Course,
    source: Path,
    *,
    lab: str | None = None,
    roster: Path | None = None,
    groups: Path | None = None,
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
        groups: the groups that hand in together; without it, those of the class list that the download names.
        deadline: when the labs were due, see `read_deadline`; without it, the gradebook says so.
        progress: receives how far the work is.

    Raises:
        ExpectedError: there is no such source, lab, roster or file of groups, or the course cannot be written.
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
        teams = read_teams(groups, students) if groups is not None else teams_in(students)
        if not students:
            students = list({it.identity: it for members in teams.members.values() for it in members}.values())
        # Read in any case, so that an unreadable gradebook is found before anything is written.
        deadlines = due_dates(course, labs.names)
        if due is not None:
            deadlines = dict.fromkeys(labs.names, due)
        report = Report(columns=listed.columns, notes=[*listed.refused, *teams.unknown])
        with TemporaryDirectory(prefix=_TEMPORARY, dir=course.state) as folder:
            extended = extensions(course, [name for name, known in deadlines.items() if known is not None])
            collector = _Collector(course, labs, Matcher(students), teams, deadlines, extended, report, progress)
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
    teams: Teams
    deadlines: dict[str, datetime | None]
    extensions: dict[tuple[str, str], timedelta]
    report: Report
    progress: Progress

    def run(self, source: Path, folder: TemporaryFolder) -> None:
        submitted = self.course.root / self.course.directory.submitted_directory
        if submitted.exists() and not submitted.is_dir():
            raise unwritable(submitted, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
        self.progress.begin("Reading the download")
        found: list[Found] = []
        for it in read_source(source, folder):
            if isinstance(it, Refused):
                self.report.refused.append(it)
            else:
                found.append(it)
        finder = OwnerFinder(self._is_known, self.labs.names, self.labs.without_notebook)
        files = finder.find(without_download_times(found, source))
        times = self._timestamps(files)
        students, teams = self._files_by_student(files)
        self.progress.begin("Collecting", len(students))
        for student, its_files in sorted(students.items()):
            try:
                self._collect_student(student, its_files, times)
            except Exception as error:
                if is_not_about_one_file(error):
                    raise
                self.report.refused.append(
                    Refused(readable(student), f"collecting it failed: {described(error)}", _LOOK)
                )
            self.progress.advance()
        for lab in self.labs.names:
            collected = {it.student for it in self.report.collected if it.lab == lab}
            keep_teams(self.course, lab, collected, {it: team for it, team in teams.items() if it in collected})
        untimed = sum(it.time is None for it in self.report.collected)
        if untimed:
            self.report.notes.append(
                f"The source does not say when {count(untimed, 'submission')} came: without a timestamp.txt there "
                "is no late penalty."
            )

    def _is_known(self, text: str) -> bool:
        return self.matcher.knows(text) or self.teams.find(text) is not None

    def _files_by_student(
        self, files: Iterable[SubmittedFile]
    ) -> tuple[dict[str, list[SubmittedFile]], dict[str, str]]:
        """Match files to students; files that match none are kept in ``unmatched/``.

        Returns:
            Student → files, and student → group for those who have handed in with others.
        """
        owners: defaultdict[Owner, list[SubmittedFile]] = defaultdict(list)
        without_owner: list[SubmittedFile] = []
        for file in files:
            if file.owner is not None:
                owners[file.owner].append(file)
            elif file.inside:
                without_owner.append(file)
        self._keep_unmatched(without_owner, _NO_STUDENT_IN_PATH)
        finder = TeamFinder(self.matcher, self.teams, owners)
        found = {owner: finder.match(owner) for owner in owners}
        matches = {owner: match for owner, (match, _) in found.items()}
        matches |= self._namesakes(owners, matches)
        students: defaultdict[str, list[SubmittedFile]] = defaultdict(list)
        shared: defaultdict[str, list[SubmittedFile]] = defaultdict(list)
        for owner, its_files in owners.items():
            student, team = matches[owner].student, found[owner][1]
            if student is not None:
                students[student.identity] += its_files
            elif team not in self.teams.members:
                self._keep_unmatched(its_files, matches[owner])
            if team:
                shared[team] += its_files
            elif student is not None and self.teams.explicit:
                for name in self.teams.of(student.identity):
                    shared[name] += its_files
            if student is not None and finder.is_unknown_team(owner):
                self.report.notes.append(
                    f"{readable(owner.name)!r} is not the name of {student.identity}, who has handed it in: if it is a "
                    "group's, say with --groups who is in it, and collect again."
                )
        teams = self._share(students, shared)
        return students, teams

    def _share(
        self, students: dict[str, list[SubmittedFile]], shared: Mapping[str, list[SubmittedFile]]
    ) -> dict[str, str]:
        """Give each member of a group what others have handed in for a lab for which the member has nothing.

        Returns:
            Student → group, for those of groups that share anything.
        """
        teams: dict[str, str] = {}
        own = {student: {self._lab_of(file) for file in files} for student, files in students.items()}
        for team, files in shared.items():
            for member in self.teams.members.get(team, ()):
                labs = own.get(member.identity, set())
                added = [file for file in files if not labs or self._lab_of(file) not in {*labs, ""}]
                students.setdefault(member.identity, []).extend(added)
                teams[member.identity] = team
        return teams

    def _lab_of(self, file: SubmittedFile) -> str:
        """The lab that a file's name names; an empty text if it names none."""
        known = self.labs.by_name(file.inside) if file.inside else None
        return known.lab if known is not None else ""

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
                    times[found.parts[:-1]] = read_time(read_bytes(found.content, _LONGEST_TIMESTAMP).decode())
                except (ValueError, Quarantine):
                    self.report.refused.append(
                        Refused(readable(found.name), "it holds no date", "Write one like 2026-11-22 14:05 UTC.")
                    )
        return times

    def _collect_student(self, student: str, files: list[SubmittedFile], times: dict[Parts, datetime]) -> None:
        files = [file for file in files if file.inside and file.inside[-1] != TIMESTAMP]
        # What was typed into the platform beside a file is no submission of its own.
        files = [file for file in files if not file.typed] or files
        attempts, rest = choose(files, self.labs, times, self._deadlines_of(student))
        unmatched = [file for file in rest if NOTEBOOK.search(file.inside[-1])] if attempts else rest
        kept = {id(file) for file in unmatched}
        self._keep_unmatched(unmatched, _without_lab(student, unmatched, has_attempts=bool(attempts)))
        left_out = [file for file in rest if id(file) not in kept]
        self.report.notes += [
            f"{readable(file.found.name)} was left out: it lies beside another attempt, or its name is taken."
            for file in left_out[:_MOST_NAMED]
        ]
        if len(left_out) > _MOST_NAMED:
            more = count(len(left_out) - _MOST_NAMED, "more file")
            self.report.notes.append(f"{readable(student)}: {more} left out for the same reason.")
        self.report.notes += self._misnamed(files, attempts)
        for attempt in attempts:
            beyond = attempt.leave_out_beyond(MOST_BYTES)
            if beyond:
                self.report.notes.append(
                    f"{student}/{attempt.lab}: {count(beyond, 'data file')} left out: all together hold more than "
                    f"{MOST_BYTES // 1024**2} MiB."
                )
            self._write(student, attempt)

    def _misnamed(self, files: Iterable[SubmittedFile], attempts: Iterable[ChosenAttempt]) -> Iterator[str]:
        """What became of files that hold another notebook than their names say."""
        taken = {id(file) for attempt in attempts for file in attempt.files.values()}
        files = list(files)
        for file, actual in zip(files, self.labs.misnamed(files), strict=True):
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
            problem = unwritable(folder, error)
            if is_not_about_one_file(error):
                raise problem from error
            self.report.refused.append(Refused(f"{student}/{attempt.lab}", described(problem), problem.cure))
            return
        self.report.collected.append(
            Collected(
                student,
                attempt.lab,
                outcome,
                tuple(sorted(attempt.files)),
                attempt.time,
                attempt.late,
                len(attempt.not_chosen),
                attempt.left_aside,
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
    elif all(file.typed for file in files):
        reason = f"{student} has handed in no notebook, only a text typed into the platform"
        return Match(None, reason, "Ask for the .ipynb file.")
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
