"""Gathering memory into huge pages changes nothing but their size."""

import re
import subprocess
import sys
from pathlib import Path
from platform import release

LINUX = re.compile(r"\d+")
PROGRAM = """
import re
from pathlib import Path
from autograder.sandbox import huge_pages

def huge():
    return sum(map(int, re.findall(r"AnonHugePages: +(\\d+)", Path("/proc/self/smaps").read_text())))

content = [str(number) for number in range(1_000_000)]
before = huge()
huge_pages.gather()
assert content == [str(number) for number in range(1_000_000)]
print(huge() - before)
"""


def test_memory_keeps_its_content_and_lies_in_huge_pages_where_the_kernel_can() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    able = Path("/sys/kernel/mm/transparent_hugepage").is_dir() and tuple(map(int, LINUX.findall(release())[:2])) >= (
        6,
        1,
    )
    assert int(done.stdout) > 0 or not able
