"""What groups have handed in: the names by which platforms hand it out, and each member's share."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from autograder.roster.matching import Match, Matcher, Owner, Platform
from autograder.roster.teams import Teams

_LEAST_OWNERS = 2


class TeamFinder:
    """Finds the groups that owners name.

    Moodle writes "GROUP-" before each member's name; Canvas writes the group's name and the number of one member.

    Args:
        matcher: finds students.
        teams: the groups that are known.
        owners: all owners of the download.
    """

    def __init__(self, matcher: Matcher, teams: Teams, owners: Iterable[Owner]) -> None:
        self._matcher = matcher
        self._teams = teams
        moodle = [owner for owner in owners if owner.platform is Platform.MOODLE and owner.name]
        # "Anna-Maria Weber" is no Maria Weber of a group "Anna": one such name alone proves nothing.
        self._all_with_teams = len(moodle) >= _LEAST_OWNERS and all(
            not matcher.knows(owner.name) and any(matcher.knows(name) for _, name in _splits(owner.name))
            for owner in moodle
        )

    def match(self, owner: Owner) -> tuple[Match, str]:
        """The student of an owner, and the group that the owner names; an empty text if it names none."""
        if owner.platform is Platform.MOODLE:
            team, name = self._split(owner)
            return self._matcher.match(replace(owner, name=name)), team
        named = self._teams.find(owner.name)
        if owner.platform is Platform.NONE and named is not None and not self._matcher.knows(owner.name):
            return Match(None), named
        return self._matcher.match(owner), named if owner.platform is Platform.CANVAS and named else ""

    def is_unknown_team(self, owner: Owner) -> bool:
        """Whether a name of Canvas's is none of the student's whose number stands behind it."""
        return (
            owner.platform is Platform.CANVAS
            and self._teams.find(owner.name) is None
            and not self._matcher.knows(owner.name)
            and self._matcher.has_names(owner)
        )

    def _split(self, owner: Owner) -> tuple[str, str]:
        """The group and the student's own name in a name that Moodle has written; the group may be empty."""
        if self._matcher.knows(owner.name):
            return "", owner.name
        for team, name in _splits(owner.name):
            known = self._teams.find(team)
            if known is not None:
                return known, name
        for team, name in _splits(owner.name):
            if self._matcher.knows(name) and (self._all_with_teams or any(map(str.isdigit, team))):
                return team, name
        return "", owner.name


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """The ways to take a name apart at a hyphen, the longest rest first: it may hold hyphens itself."""
    for place, letter in enumerate(name):
        if letter == "-" and name[:place].strip() and name[place + 1 :].strip():
            yield name[:place].strip(), name[place + 1 :].strip()
