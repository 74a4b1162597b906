"""The words: complete, used, and giving nothing away."""

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

import gradlab
from gradlab import check, words
from gradlab.words.labs import LESSONS

SOURCES = {path: path.read_text() for path in (Path(gradlab.__file__).parent / "check").rglob("*.py")}
WRITTEN = {text for source in SOURCES.values() for text in re.findall(r'"([a-z][a-z-]*)"', source)}

PARTS = (words.findings, words.sights, words.passed, *LESSONS)


def test_no_key_stands_in_two_places() -> None:
    for kind in ("FINDINGS", "SIGHTS", "PASSED"):
        keys = Counter(key for part in PARTS for key in getattr(part, kind, {}))
        assert not [key for key, count in keys.items() if count > 1]


def test_no_key_has_two_meanings() -> None:
    assert not set(words.MISCONCEPTIONS) & set(words.FINDINGS)


@pytest.mark.parametrize("key", sorted({*words.MISCONCEPTIONS, *words.FINDINGS, *words.SIGHTS}))
def test_every_text_is_used(key: str) -> None:
    assert key in WRITTEN


TOPICS = [import_module(f"gradlab.check.{lesson.__name__.rpartition('.')[2]}") for lesson in LESSONS]
CHECKS = {name for package in (check, *TOPICS) for name in package.__all__} - {"Diagnosis", "NotYet", "diagnose"}


def test_every_line_for_passing_is_said_by_a_check() -> None:
    assert words.PASSED.keys() <= CHECKS


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_has_a_line_for_passing(name: str) -> None:
    assert re.fullmatch(r"✓ [A-Z][^\n]{10,70}\.", words.PASSED[name])


def test_every_sight_that_a_check_names_exists() -> None:
    for source in SOURCES.values():
        for explanation, sight in re.findall(r'(?:not_yet|describe)\(\s*"([a-z-]+)",\s*"([a-z-]+)"', source):
            assert explanation in words.MISCONCEPTIONS or explanation in words.FINDINGS
            assert sight in words.SIGHTS


@pytest.mark.parametrize("explanation", [*words.MISCONCEPTIONS.values(), *words.FINDINGS.values()])
def test_an_explanation_reads_well(explanation: words.Explanation) -> None:
    assert not explanation.title.endswith(".")
    for text in (explanation.cause, explanation.look):
        assert text[-1] in ".?)"
        assert "  " not in text
        assert "{" not in text


@pytest.mark.parametrize("explanation", [*words.MISCONCEPTIONS.values(), *words.FINDINGS.values()])
def test_an_explanation_never_holds_the_corrected_line(explanation: words.Explanation) -> None:
    told = explanation.title + explanation.cause + explanation.look
    for answer in ("-= lr", "zero_()", "retain_graph", "eigvalsh", "cdist", "argmin", "requires_grad_()", "no_grad():"):
        assert answer not in told
