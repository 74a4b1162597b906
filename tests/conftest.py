"""What all tests share: which of them need hardware or programs that may not be there."""

import os
import shutil
from importlib.util import find_spec

import pytest

# The workers share the machine's cores; several threads in each would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A machine with a GPU may lack Hypothesis. Elsewhere a slow machine must not fail a test.
if find_spec("hypothesis") is not None:
    from hypothesis import HealthCheck, settings

    settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine cannot run."""
    for marker, missing in (("cuda", _without_cuda), ("browser", _without_browser)):
        marked = [item for item in items if item.get_closest_marker(marker)]
        reason = missing() if marked else None
        if reason:
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=reason))


def _without_cuda() -> str | None:
    import torch

    return None if torch.cuda.is_available() else "no CUDA device"


def _without_browser() -> str | None:
    found = any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return None if found else "no Chromium"
