"""The layers report what holds, and only what holds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox.layers import Layer, probe
from autograder.sandbox.mode import Mode

NAMES = {
    "outer wall",
    "read-only environment",
    "no network",
    "own processes",
    "no privileges",
    "private folders",
    "resource limits",
    "system-call filter",
    "own pseudoterminals",
}


def test_every_layer_holds_in_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").touch()
    layers = probe([tmp_path])
    assert {layer.name for layer in layers} == NAMES
    assert [layer for layer in layers if not layer.active] == []
    assert [layer.name for layer in layers if not layer.required] == ["system-call filter", "own pseudoterminals"]


def test_the_layers_are_tried_and_not_guessed(tmp_path: Path) -> None:
    """Without a sandbox the same questions get other answers."""
    layers = {layer.name: layer for layer in probe([tmp_path], Mode.NONE)}
    for name in ("outer wall", "own processes", "private folders"):
        assert not layers[name].active
        assert layers[name].cure
    assert "secret-" in layers["outer wall"].detail


def test_without_bubblewrap_the_outer_wall_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (layer,) = probe([tmp_path])
    assert layer == Layer("outer wall", required=True, active=False, detail=layer.detail, cure=layer.cure)
    assert "apt-get install bubblewrap" in layer.cure


PROBE = """
import dataclasses, json, os
from autograder.sandbox.layers import probe
print(json.dumps([os.geteuid(), [dataclasses.asdict(layer) for layer in probe([])]]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="not root: all the other tests run as an ordinary user already")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv to become an ordinary user with")
def test_every_layer_holds_for_an_ordinary_user(tmp_path: Path) -> None:
    ordinary = 12345
    command = ["bwrap", "--dev-bind", "/", "/"]
    # Root's home is closed to others. Where the interpreter lies in it, a view of the machine with an open home holding
    # the interpreter alone lets an ordinary user run it.
    home, base = Path("/root"), Path(sys.base_prefix)
    if base.is_relative_to(home):
        command += ["--tmpfs", str(home), "--ro-bind", str(base), str(base)]
        for parent in (parent for parent in base.parents if parent.is_relative_to(home)):
            command += ["--chmod", "0755", str(parent)]
    command += ["setpriv", f"--reuid={ordinary}", f"--regid={ordinary}", "--clear-groups", "--inh-caps=-all"]
    found = subprocess.run(
        [*command, "env", "HOME=/tmp", sys.executable, "-c", PROBE],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    if found.returncode != 0 and "Permission denied" in found.stderr:
        pytest.skip("the checkout is closed to other users")
    assert found.returncode == 0, found.stderr
    user, layers = json.loads(found.stdout)
    assert user == ordinary
    assert {layer["name"] for layer in layers} == NAMES
    assert [layer for layer in layers if not layer["active"]] == []
