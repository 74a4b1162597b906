"""Every command that the documentation shows exists, with its options, and every link leads somewhere.

The commands of the chapters Collect and Export are run for real in tests/autograder/command_line; the tests of grade,
feedback, report and build run those commands in courses of their own.
"""

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
import typer

from autograder.command_line.application import application

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NBGRADER = {"autograde", "collect", "db", "export", "generate_assignment", "generate_feedback", "release_assignment"}
NBGRADER |= {"release_feedback"}
# What is run by other tests, or cannot be run in one, and is looked at by eye: programs that are not ours.
OTHERS = {"pip", "jupyter", "dask", "createdb"}


def commands() -> list[tuple[str, str]]:
    """(page, command) for each line of a fenced shell block, and each command in the text or in a table."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
        blocks = [block for language, block in fenced if language in ("", "bash")]
        lines = [line.strip() for block in blocks for line in block.splitlines()]
        program = re.compile(r"(?:\.venv/bin/)?(?:autograder|make|nbgrader|pip|jupyter|dask|createdb)\s+[a-z-]")
        found += [(page.name, line) for line in lines if program.match(line)]
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        found += [(page.name, line) for line in re.findall(r"`([^`\n]+)`", prose) if program.match(line)]
        indented = (line.strip() for line in prose.splitlines() if line.startswith("    "))
        found += [(page.name, line) for line in indented if program.match(line)]
    return list(dict.fromkeys(found))


def test_the_documentation_shows_commands() -> None:
    assert len(commands()) > 30


@pytest.mark.parametrize(("page", "command"), commands())
def test_the_command_and_its_options_exist(page: str, command: str) -> None:
    words = [word.strip("[]") for word in shlex.split(command, comments=True)]
    program, rest = Path(words[0]).name, words[1:]
    if program == "autograder":
        check_ours(rest)
    elif program == "make":
        for target in (word for word in rest if "=" not in word and word != "…"):
            subprocess.run(["make", "-n", target], cwd=ROOT, check=True, capture_output=True)
    elif program == "nbgrader":
        assert rest[0] in NBGRADER
    else:
        assert program in OTHERS


def check_ours(words: list[str]) -> None:
    group = typer.main.get_command(application)
    assert hasattr(group, "commands")
    if words[0].startswith("-"):
        options = {name for it in group.params for name in it.opts}
        assert words[0] in options
        return
    command = group.commands[words[0]]
    names = {name for it in command.params for name in (*it.opts, *it.secondary_opts)} | {"-h", "--help"}
    assert {word.partition("=")[0] for word in words[1:] if word.startswith("-")} <= names
    if not {"…", "SOURCE"} & set(words):
        with click.Context(click.Command("autograder")) as parent:
            command.make_context(words[0], list(words[1:]), parent=parent, resilient_parsing=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    wrong = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not wrong
