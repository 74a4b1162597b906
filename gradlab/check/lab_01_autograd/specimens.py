"""The check of guesses about tensors: unwatched, a leaf, or a result."""

from collections.abc import Mapping

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import kind_of

UNWATCHED, LEAF, RESULT = "unwatched", "leaf", "result"

# What a specimen shows, if the guess about it is wrong: letter → guess → explanation. Other wrong guesses mix up words.
_MEANING = {
    "B": {LEAF: "not-a-leaf", UNWATCHED: "watching-spreads"},
    "C": {RESULT: "marked-afterwards", UNWATCHED: "marked-afterwards"},
    "D": {RESULT: "forward-untracked", LEAF: "forward-untracked"},
    "E": {UNWATCHED: "watching-spreads", LEAF: "not-a-leaf"},
    "F": {LEAF: "not-a-leaf", UNWATCHED: "watching-spreads"},
    "G": {RESULT: "graph-cut", LEAF: "graph-cut"},
    "H": {RESULT: "marked-afterwards", UNWATCHED: "marked-afterwards"},
}


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
    wrong = {letter: given[letter] for letter, tensor in specimens.items() if given[letter] != _truth(tensor)}
    if wrong:
        letter, guess = next(iter(wrong.items()))
        explanation = _MEANING.get(letter, {}).get(str(guess), "never-marked")
        raise not_yet(explanation, "guesses-wrong", count=len(wrong), total=len(specimens))


def _truth(tensor: torch.Tensor) -> str:
    if not tensor.requires_grad:
        return UNWATCHED
    return LEAF if tensor.is_leaf else RESULT
