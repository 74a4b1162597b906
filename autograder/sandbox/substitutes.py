"""What honest notebooks use and the sandbox without namespaces denies, done by other means.

- Semaphores and shared memory have names in /dev/shm, which all processes of a user share: here they have none, and
  processes that are forked inherit them.
- PyTorch passes tensors to another process by sending it an open file through a socket: here they are copied.
- "!command" runs in a pseudoterminal of /dev/pts, where the user's own terminals lie: here it writes to a pipe.
- No call that changes a file's rights or times is let through: in the submission's own folder they seem to succeed, so
  that files can be copied and unpacked.

All of this is for convenience. Whoever goes around it meets the filter of system calls, and nothing else.
"""

import ctypes
import fcntl
import importlib
import mmap
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    # Only the processes of a sandbox load it.
    import torch

_SEMAPHORE_BYTES: Final = 64
_CHUNK: Final = 65536

_native: Any = importlib.import_module("_multiprocessing")
"""Python's own part of multiprocessing that is written in C."""
_libc = ctypes.CDLL(None, use_errno=True)
_regions: list[mmap.mmap] = []
"""The memory of semaphores. It stays as long as the process: another one may still wait for them."""


def install() -> None:
    """Put them in place, in the process from which submissions are forked, once the libraries are imported."""
    import torch
    from IPython.core import interactiveshell

    _native.SemLock = _Semaphore
    vars(importlib.import_module("_posixshmem")).update(shm_open=_open_shared, shm_unlink=_unlink_shared)
    # Shared arrays then lie in the submission's folder.
    importlib.import_module("multiprocessing.heap").Arena._dir_candidates = []
    replaced: Any = torch
    replaced.UntypedStorage._new_shared = staticmethod(_new_shared)
    replaced.Tensor.share_memory_ = _share_memory
    ForkingPickler.register(torch.UntypedStorage, _reduce_storage)
    vars(interactiveshell)["system"] = _run_command
    for name in ("chmod", "fchmod", "utime"):
        _pretend(name)


class _Semaphore(_native.SemLock):  # type: ignore[misc] # a class written in C
    """A semaphore without a name."""

    def __new__(cls, kind: int, value: int, maxvalue: int, _name: str, _unlink: bool) -> "_Semaphore":
        region = mmap.mmap(-1, _SEMAPHORE_BYTES)
        address = ctypes.addressof(ctypes.c_char.from_buffer(region))
        if _libc.sem_init(ctypes.c_void_p(address), 1, ctypes.c_uint(value)) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        _regions.append(region)
        made: _Semaphore = cls._rebuild(address, kind, maxvalue, None)
        return made


def _shared_path(name: str) -> str:
    return os.path.join(tempfile.gettempdir(), f".shared-{name.replace('/', '')}")  # noqa: PTH118 - plain text


def _open_shared(path: str, flags: int, mode: int = 0o777) -> int:
    return os.open(_shared_path(path), flags, mode)


def _unlink_shared(path: str) -> None:
    os.unlink(_shared_path(path))  # noqa: PTH108 - plain text


def _new_shared(size: int, *, device: str = "cpu") -> "torch.UntypedStorage":
    import torch

    if device != "cpu" or not size:
        # Nothing can't be mapped.
        return torch.empty(size, dtype=torch.uint8, device=device).untyped_storage()
    return torch.frombuffer(mmap.mmap(-1, size), dtype=torch.uint8).untyped_storage()


def _share_memory(tensor: "torch.Tensor") -> "torch.Tensor":
    import torch

    old = tensor.untyped_storage()
    new = _new_shared(old.nbytes())
    new.copy_(old)
    with torch.no_grad():
        tensor.set_(new, tensor.storage_offset(), tensor.size(), tensor.stride())
    return tensor


def _reduce_storage(storage: "torch.UntypedStorage") -> tuple[Callable[[bytes], "torch.UntypedStorage"], tuple[bytes]]:
    import torch

    plain = torch.empty(0, dtype=torch.uint8).set_(storage)
    return _storage_of, (plain.numpy().tobytes(),)


def _storage_of(content: bytes) -> "torch.UntypedStorage":
    import torch

    if not content:
        return torch.empty(0).untyped_storage()
    return torch.frombuffer(bytearray(content), dtype=torch.uint8).untyped_storage()


def _run_command(command: str) -> int:
    """What ``!command`` does: run it, show what it writes as it comes, return its exit code."""
    shell = os.environ.get("SHELL", "/bin/sh")
    with subprocess.Popen(
        [shell, "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        assert running.stdout is not None
        try:
            while chunk := os.read(running.stdout.fileno(), _CHUNK):
                sys.stdout.write(chunk.decode(errors="replace"))
                sys.stdout.flush()
        except BaseException:
            running.kill()
            raise
    return running.returncode


def _pretend(name: str) -> None:
    """Have a function of `os` that changes a file's rights or times do nothing to files of the submission's own."""
    real: Callable[..., None] = getattr(os, name)

    @wraps(real)
    def pretending(path: str | bytes | os.PathLike[str] | int, *arguments: object, **named: object) -> None:
        try:
            real(path, *arguments, **named)
        except PermissionError:
            if not _is_own(path):
                raise

    setattr(os, name, pretending)
    for able in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
        if real in able:
            able.add(pretending)


def _is_own(path: str | bytes | os.PathLike[str] | int) -> bool:
    if isinstance(path, int):
        with suppress(OSError):
            return fcntl.fcntl(path, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        return False
    own = os.path.realpath(tempfile.gettempdir())
    return os.path.commonpath([own, os.path.realpath(os.fsdecode(path))]) == own
