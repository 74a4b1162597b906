"""What a submission may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits on one submission.

    Attributes:
        cell_seconds: wall-clock seconds for one cell, or for all calls of one grade cell together.
        call_seconds: wall-clock seconds for one call of a grade cell, or one other question of its.
        grace_seconds: wall-clock seconds between the interrupt and the kill.
        submission_seconds: wall-clock seconds for the whole notebook.
        cpu_seconds: CPU seconds for a student process, and for all processes of a submission together.
        memory_bytes: bytes of private memory that a student process may get, and of memory of any kind that all
            processes of a submission may hold together; what Python and torch need before it begins doesn't count.
        processes: processes and threads at once.
        open_files: open files of one process.
        file_bytes: bytes of one file.
        disk_bytes: bytes of the private working folder and of /tmp, each.
        output_bytes: bytes of output kept for one cell.
        message_bytes: bytes of one message across the wall.
        gpu_bytes: bytes of a GPU's memory for all processes of a submission together; 0 hides every GPU.
    """

    cell_seconds: float = 60.0
    call_seconds: float = 30.0
    grace_seconds: float = 2.0
    submission_seconds: float = 600.0
    cpu_seconds: int = 900
    memory_bytes: int = 4 * 1024**3
    processes: int = 64
    open_files: int = 256
    file_bytes: int = 256 * 1024**2
    disk_bytes: int = 512 * 1024**2
    output_bytes: int = 4 * 1024**2
    message_bytes: int = 256 * 1024**2
    gpu_bytes: int = 0
