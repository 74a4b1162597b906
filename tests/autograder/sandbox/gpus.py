"""GPUs that aren't there: a driver that says what it is told, and device nodes that do no harm."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autograder.sandbox.gpu import Gpu
from autograder.sandbox.nvml import Card, NvmlError

GIBIBYTE = 1024**3
CARD = Card(0, "GPU-01234567-89ab", "Stand-in 8000", 0, "0000:41:00.0", 8 * GIBIBYTE, 8 * GIBIBYTE - 2**20)
NODES = ("nvidia0", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")


class StandIn:
    """A driver: who holds how much of its GPUs' memory is what a test says."""

    version = "570.169"
    cuda = (12, 8)

    def __init__(self, *cards: Card) -> None:
        self.held: dict[int, int | None] = {}
        self.lost = False
        self._cards = cards or (CARD,)

    def cards(self) -> Sequence[Card]:
        return self._cards

    def holders(self, identity: str) -> dict[int, int | None]:
        assert identity == CARD.identity
        if self.lost:
            raise NvmlError(15, "GPU is lost")
        return dict(self.held)


def make_nodes(root: Path, *names: str) -> Path:
    """Make device nodes that are harmless: as devices if that may be done here, else as files."""
    folder = root / "dev"
    folder.mkdir(exist_ok=True)
    for name in names or NODES:
        node = folder / name
        try:
            # The device /dev/zero.
            os.mknod(node, 0o020666, os.makedev(1, 5))
        except PermissionError:
            node.touch()
        node.chmod(0o666)
    return root


def gpu_of(driver: StandIn, root: Path) -> Gpu:
    """The stand-in's GPU, with nodes in this folder."""
    make_nodes(root)
    nodes = tuple((root / "dev" / name, name) for name in NODES)
    return Gpu(CARD, driver, nodes, ((Path("/sys/devices/system"), "/sys/devices/system"),))


def card(**changed: object) -> Card:
    return replace(CARD, **changed)
