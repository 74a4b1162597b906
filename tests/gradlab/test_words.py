"""The words: complete, used, and giving nothing away."""

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import gradlab
from gradlab import words
from gradlab.words.labs import LABS

SOURCES = {path: path.read_text() for path in (Path(gradlab.__file__).parent / "check").rglob("*.py")}
WRITTEN = {text for source in SOURCES.values() for text in re.findall(r'"([a-z][a-z-]*)"', source)}
EXPLANATIONS = {**words.MISCONCEPTIONS, **words.FINDINGS}
CHECKS = {name for lab in LABS for name in import_module(f"gradlab.check.{lab.__name__.rpartition('.')[2]}").__all__}
ANSWERS = ("-= lr", "zero_()", "retain_graph", "eigvalsh", "cdist", "argmin", "requires_grad_()", "no_grad():")


def test_no_key_stands_in_two_places() -> None:
    for kind in ("FINDINGS", "OBSERVATIONS", "PASSED"):
        keys = Counter(key for part in (words.shared, *LABS) for key in getattr(part, kind, {}))
        assert not [key for key, count in keys.items() if count > 1]


def test_no_key_has_two_meanings() -> None:
    assert not set(words.MISCONCEPTIONS) & set(words.FINDINGS)


def test_every_text_is_used() -> None:
    assert not {*EXPLANATIONS, *words.OBSERVATIONS} - WRITTEN


def test_every_observation_that_a_check_names_exists() -> None:
    pair = re.compile(r'(?:not_yet|describe|KnownMistake)\(\s*"([a-z-]+)",\s*"([a-z-]+)"')
    named = {found for source in SOURCES.values() for found in pair.findall(source)}
    assert len(named) > 300
    assert not {explanation for explanation, _ in named} - set(EXPLANATIONS)
    assert not {observation for _, observation in named} - set(words.OBSERVATIONS)


def test_every_check_has_a_line_for_passing_and_no_other_is_there() -> None:
    assert words.PASSED.keys() == CHECKS
    assert not {name for name, line in words.PASSED.items() if not re.fullmatch(r"✓ [A-Z][^\n]{10,70}\.", line)}


def test_an_explanation_reads_well() -> None:
    assert not [key for key, explanation in EXPLANATIONS.items() if explanation.title.endswith(".")]
    texts = {(key, text) for key, explanation in EXPLANATIONS.items() for text in (explanation.cause, explanation.look)}
    assert not {(key, text) for key, text in texts if text[-1] not in ".?)" or "  " in text or "{" in text}


def test_an_explanation_never_holds_the_corrected_line() -> None:
    told = {key: each.title + each.cause + each.look for key, each in EXPLANATIONS.items()}
    assert not {(key, answer) for key, text in told.items() for answer in ANSWERS if answer in text}
