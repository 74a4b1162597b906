"""The check of guesses about tensors: unwatched, a leaf, or a result (guesses)."""

from collections.abc import Iterator, Mapping

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.diagnosis import not_yet
from gradlab.check.known_mistakes import KnownMistake, refuse_known
from gradlab.check.values import kind_of

UNWATCHED, LEAF, RESULT = "unwatched", "leaf", "result"


@announced
def specimen_guesses(function: Function, specimens: Mapping[str, torch.Tensor]) -> None:
    """Check a function ``guesses()`` that says for each tensor whether it is "unwatched", a "leaf" or a "result".

    Args:
        function: the student's: nothing → a dictionary.
        specimens: the tensors, by letter.

    Raises:
        NotYet: a guess is missing or wrong. The wrong letters are not named: there are only three words.
    """
    require_callable(function)
    result = call(function)
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not issubclass(type(result), dict):
        raise not_yet("wrong-kind", "guesses-kind", kind=kind_of(result))
    given: Mapping[str, object] = result  # type: ignore[assignment]
    missing = sum(letter not in given for letter in specimens)
    if missing:
        raise not_yet("guesses-missing", "guesses-missing", count=missing, total=len(specimens))
    words = [guess for guess in given.values() if type(guess) is not str or guess not in (UNWATCHED, LEAF, RESULT)]
    if words:
        raise not_yet("guesses-words", "guesses-words", count=len(words))
    wrong = [(letter, given[letter]) for letter, tensor in specimens.items() if given[letter] != _truth(tensor)]
    if wrong:
        placeholders = {"count": len(wrong), "total": len(specimens)}
        refuse_known(_mistakes(placeholders), lambda guesses: wrong[0] in guesses)
        raise not_yet("never-marked", "guesses-wrong", **placeholders)


def _mistakes(placeholders: Mapping[str, object]) -> Iterator[KnownMistake[set[tuple[str, str]]]]:
    """The wrong guesses by which a known mistake shows; other wrong guesses mix up words."""
    for explanation, guesses in (
        ("not-a-leaf", {("B", LEAF), ("E", LEAF), ("F", LEAF)}),
        ("watching-spreads", {("B", UNWATCHED), ("E", UNWATCHED), ("F", UNWATCHED)}),
        ("marked-afterwards", {("C", RESULT), ("C", UNWATCHED), ("H", RESULT), ("H", UNWATCHED)}),
        ("forward-untracked", {("D", RESULT), ("D", LEAF)}),
        ("graph-cut", {("G", RESULT), ("G", LEAF)}),
    ):
        yield KnownMistake(explanation, "guesses-wrong", guesses, placeholders)


def _truth(tensor: torch.Tensor) -> str:
    if not tensor.requires_grad:
        return UNWATCHED
    return LEAF if tensor.is_leaf else RESULT
