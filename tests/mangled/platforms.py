"""What learning platforms, browsers and systems make of a file's name."""

from tests.mangled.mangling import Mangling, unchanged

_NAMES = {
    "Moodle, one folder": "Jane Doe_4711_assignsubmission_file_{}.ipynb",
    "Moodle, folders": "Jane Doe_4711_assignsubmission_file/{}.ipynb",
    "Canvas": "doejane_123456_7890123_{}.ipynb",
    "Canvas, late and again": "doejane_LATE_123456_7890123_{}-2.ipynb",
    "Blackboard": "Slopes_jdoe_attempt_2026-03-01-10-11-12_{}.ipynb",
    "Brightspace": "12345-67890 - Jane Doe - Mar 1, 2026 1011 AM - {}.ipynb",
    "Colab's copy": "Copy of Copy of {}.ipynb",
    "Colab's copy in Polish": "Kopia notatnika {}.ipynb",
    "Colab's copy in German": "Kopie von {}.ipynb",
    "a browser's second download": "{} (1).ipynb",
    "Jupyter's copy": "{}-Copy1.ipynb",
    "macOS's copy": "{} copy 2.ipynb",
    "Windows' copy": "{} - Copy (3).ipynb",
    "a hidden ending": "{}.ipynb.txt",
    "a browser that knows JSON": "{}.ipynb.json",
    "twice the ending": "{}.ipynb.ipynb",
    "capitals": "{}.IPYNB",
    "a folder of its own": "homework/week 3/{}.ipynb",
    "another name": "Untitled.ipynb",
    "a name that is not text": "\udce9tude.ipynb",
}

PLATFORMS = [
    Mangling(platform, unchanged, "" if file == "{}.ipynb" else "was taken for", file)
    for platform, file in _NAMES.items()
]
