"""What the instructor's solutions did across the wall, so that an unchanged one needn't be graded again."""

from pathlib import Path

from autograder.grading.json_store import Store
from autograder.judging.messages import read_profile, write_profile
from autograder.wall.profile import Profile


class Measures:
    """Profiles of notebooks, by `autograder.grading.cache_keys.key_of_lesson`.

    Args:
        folder: where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)

    def find(self, key: str) -> Profile | None:
        """The profile that was kept under a key; None if there is none, or the file is damaged."""
        kept = self._store.find(key)
        try:
            return read_profile(kept) if isinstance(kept, dict) else None
        except (KeyError, TypeError):
            return None

    def keep(self, key: str, profile: Profile) -> None:
        """Keep the profile of a solution that passed across the wall all that it passes in one process."""
        self._store.keep(key, write_profile(profile))
