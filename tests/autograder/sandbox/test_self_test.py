"""The layers report what holds, and only what holds."""

import json
from pathlib import Path

import pytest

from autograder import landlock
from autograder.sandbox.mode import Mode
from autograder.sandbox.self_test import Layer, probe
from tests.autograder.sandbox import machines

NAMES = {
    "outer wall",
    "read-only environment",
    "no network",
    "own processes",
    "no privileges",
    "private folders",
    "resource limits",
    "own /proc",
    "system-call filter",
    "own pseudoterminals",
}
FEATURES = {
    "bubblewrap",
    "ordinary user",
    "user namespaces",
    "namespaces within namespaces",
    "own mounts",
    "own processes",
    "own /proc",
    "own network",
    "own messages and host name",
    "dropped privileges",
    "resource limits",
    "system-call filter",
}
LANDLOCK = {f"Landlock: {protection.name}" for protection in landlock.PROTECTIONS}
"""What can take the place of namespaces, told as well where these are missing."""


def test_every_layer_holds_in_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").touch()
    layers = probe([tmp_path])
    assert {layer.name for layer in layers} == NAMES
    assert [layer for layer in layers if not layer.active] == []
    assert [layer.name for layer in layers if not layer.required] == [
        "own /proc",
        "system-call filter",
        "own pseudoterminals",
    ]


def test_the_layers_are_tried_and_not_guessed(tmp_path: Path) -> None:
    """Without a sandbox the same questions get other answers."""
    layers = {layer.name: layer for layer in probe([tmp_path], Mode.NONE)}
    for name in ("outer wall", "own processes", "private folders"):
        assert not layers[name].active
        assert layers[name].cure
    assert "secret-" in layers["outer wall"].detail


def test_without_bubblewrap_each_layer_that_can_be_tried_is_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    wall, *others = probe([tmp_path])
    assert wall == Layer("outer wall", required=True, active=False, detail=wall.detail, cure=wall.cure)
    assert "apt-get install bubblewrap" in wall.cure
    assert {layer.name for layer in others} >= FEATURES | LANDLOCK
    features = [layer for layer in others if layer.name in FEATURES]
    assert [layer.name for layer in features if not layer.active] == ["bubblewrap"]
    assert {layer.cure for layer in features if not layer.active} == {wall.cure}


PROBE = """
import dataclasses, json, os
from autograder.sandbox.self_test import probe
print(json.dumps([os.geteuid(), [dataclasses.asdict(layer) for layer in probe([])]]))
"""
FORBID = """
from autograder import kernel
from autograder.sandbox import isolation, seccomp
kernel.forbid_new_privileges()
isolation.filter_system_calls(seccomp.program())
"""
REFUSAL = """
from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
with Zygote(Mode.BUBBLEWRAP, Limits()) as zygote:
    try:
        zygote.fork()
    except ExpectedError as error:
        print(error)
"""
WORK = f"""
import json, sys
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from tests.autograder.sandbox.support import FORK_AND_ALLOCATE, SMALL, Student, start, student_of
from autograder.sandbox.mode import Mode
with start(Mode.BUBBLEWRAP, SMALL) as zygote:
    with student_of(zygote) as student:
        seen = [
            student.run("import os; result = os.listdir('/proc')"),
            student.run(
                "import torch; x = torch.ones(3, requires_grad=True); (x**2).sum().backward(); result = x.grad.tolist()"
            ),
            student.run("import os, subprocess; result = subprocess.check_output(['echo', 'said'], text=True).strip()"),
            student.run("from multiprocessing.pool import Pool; result = Pool(2).map(abs, [-1, 2, -3])"),
            student.error("import ctypes, os\\nif ctypes.CDLL(None, use_errno=True).umount2(b'/proc', 2):\\n"
                          "    raise OSError(ctypes.get_errno(), '')").partition(":")[0],
        ]
    bomb = Student(zygote.fork())
    bomb.send(FORK_AND_ALLOCATE)
    seen.append(bomb.process.wait(120))
print(json.dumps(seen))
"""


@machines.only_root
def test_every_layer_holds_for_an_ordinary_user() -> None:
    found = machines.run(machines.ordinary_user(), PROBE)
    user, layers = json.loads(found.stdout)
    assert user == machines.ORDINARY_USER
    assert {layer["name"] for layer in layers} == NAMES
    assert [layer for layer in layers if not layer["active"]] == []


@pytest.mark.slow
@machines.only_root
def test_every_layer_holds_for_a_root_without_rights() -> None:
    found = machines.run(machines.powerless_root(), PROBE)
    user, layers = json.loads(found.stdout)
    assert user == 0
    assert {layer["name"] for layer in layers} == NAMES
    assert [layer for layer in layers if not layer["active"]] == []


@pytest.mark.slow
@machines.only_root
def test_in_a_container_that_covers_proc_all_but_proc_holds() -> None:
    with machines.container_with_covered_proc() as (command, users):
        found = machines.run(command, PROBE, pass_fds=[users])
    _, layers = json.loads(found.stdout)
    assert {layer["name"] for layer in layers} == NAMES
    (proc,) = [layer for layer in layers if not layer["active"]]
    assert (proc["name"], proc["required"]) == ("own /proc", False)
    assert "unmask=ALL" in proc["cure"]
    assert [layer["required"] for layer in layers if layer["name"] == "system-call filter"] == [True]


@pytest.mark.slow
@machines.only_root
def test_what_notebooks_do_goes_on_working_in_such_a_container() -> None:
    with machines.container_with_covered_proc() as (command, users):
        found = machines.run(command, WORK, pass_fds=[users])
    assert json.loads(found.stdout) == [
        [],
        [2.0, 2.0, 2.0],
        "said",
        [1, 2, 3],
        "PermissionError",
        "used more than 512 MiB of memory in all its processes",
    ]


@pytest.mark.slow
@machines.only_root
def test_such_a_container_needs_libseccomp() -> None:
    hidden = [argument for path in machines.libraries() for argument in ("--ro-bind", "/dev/null", path)]
    with machines.container_with_covered_proc() as (command, users):
        refusal = machines.run([*command, *hidden], REFUSAL, pass_fds=[users]).stdout
    assert "A required layer of the sandbox is missing: the filter of system calls" in refusal
    assert "This machine lacks: system-call filter." in refusal
    assert "apt-get install libseccomp2" in refusal


def test_a_machine_that_forbids_namespaces_is_told_so() -> None:
    """As in a container whose filter of system calls forbids unshare and mount."""
    found = machines.run([], FORBID + PROBE)
    _, (wall, *layers) = json.loads(found.stdout)
    assert not wall["active"]
    assert {layer["name"] for layer in layers} >= FEATURES | LANDLOCK
    missing = [layer["name"] for layer in layers if not layer["active"]]
    assert missing[:2] == ["bubblewrap", "user namespaces"]
    assert {"own mounts", "own /proc", "own network"} <= set(missing)
    assert {"resource limits", "system-call filter"}.isdisjoint(missing)
    assert all(layer["cure"] for layer in layers if not layer["active"])
    refusal = machines.run([], FORBID + REFUSAL).stdout
    assert "A required layer of the sandbox is missing: the outer wall" in refusal
    assert "This machine lacks: bubblewrap, user namespaces, " in refusal
    assert "autograder doctor" in refusal


@pytest.mark.slow
def test_without_libseccomp_the_filter_alone_is_missing(tmp_path: Path) -> None:
    with machines.without_libseccomp():
        layers = probe([tmp_path])
    (missing,) = [layer for layer in layers if not layer.active]
    assert (missing.name, missing.required) == ("system-call filter", False)
    assert missing.cure == "apt-get install libseccomp2"
