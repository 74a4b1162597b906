"""An okpy-like lesson: grade("q1") and check(...) defined by the lesson look answers up by name; suites of doctest code."""

# %% lesson ok
import doctest
import hashlib
import io
import math
import numpy as np

class Ok:
    """Runs the suites of an assignment in the notebook's names."""
    def __init__(self, suites):
        self.suites = suites

    def grade(self, question):
        passed = failed = 0
        for case in self.suites[question]:
            example = doctest.DocTestParser().get_doctest(case, globals(), question, None, 0)
            runner = doctest.DocTestRunner(verbose=False)
            out = io.StringIO()
            runner.run(example, out=out.write, clear_globs=False)
            if runner.failures:
                failed += 1
                print(out.getvalue())
            else:
                passed += 1
        print(f"{question}: {passed} passed, {failed} failed")
        return {"passed": passed, "failed": failed, "locked": 0}

ok = Ok({
    "q1": [">>> seconds_in_a_year\n31536000\n", ">>> type(seconds_in_a_year).__name__\n'int'\n"],
    "q2": [">>> fahrenheit(100)\n212.0\n>>> fahrenheit(-40)\n-40.0\n", ">>> round(fahrenheit(36.6), 2)\n97.88\n"],
    "q3": [">>> np.round(growth, 3).tolist()\n[1.0, 1.1, 1.21, 1.331]\n", ">>> growth.shape\n(4,)\n"],
})

def digest(value):
    """A digest of an answer, rounded."""
    if isinstance(value, float):
        value = round(value, 4)
    return hashlib.md5(repr(value).encode()).hexdigest()

def check(name, expected):
    """Compare a variable with the digest of the right answer."""
    assert name in globals(), f"{name} is not defined"
    value = globals()[name]
    assert digest(value) == expected, f"{name} = {value!r} is not right"
    return "correct"

# %% answer q1
seconds_in_a_year = 365 * 24 * 60 * 60

# %% wrong
seconds_in_a_year = ...

# %% subtle
seconds_in_a_year = 3.1536e7

# %% other
seconds_in_a_year = math.prod([365, 24, 60, 60])

# %% another
minutes = 60
hour = 60 * minutes
day = 24 * hour
seconds_in_a_year = 365 * day

# %% test q1 1
assert ok.grade("q1")["failed"] == 0

# %% answer q2
def fahrenheit(celsius):
    """
    >>> fahrenheit(0)
    32.0
    """
    return celsius * 9 / 5 + 32

# %% wrong
def fahrenheit(celsius):
    print(celsius * 9 / 5 + 32)

# %% subtle
def fahrenheit(celsius):
    return celsius * 9 // 5 + 32

# %% other
fahrenheit = lambda celsius: 1.8 * celsius + 32

# %% test q2 2
result = ok.grade("q2")
assert result["failed"] == 0, result
assert result["passed"] == 2
doctest_failures = doctest.run_docstring_examples(fahrenheit, {"fahrenheit": fahrenheit})

# %% answer q3
rate = 0.1
growth = (1 + rate) ** np.arange(4)

# %% wrong
growth = np.arange(4)

# %% subtle
growth = [1.0, 1.1, 1.21, 1.331]

# %% other
growth = np.cumprod([1, 1.1, 1.1, 1.1])

# %% test q3 1
grades = [ok.grade(q) for q in ("q1", "q3")]
assert grades[1] == {"passed": 2, "failed": 0, "locked": 0}

# %% answer capital
capital = "Canberra"
population = 26.64

# %% wrong
capital = "Sydney"
population = 5.5

# %% subtle
capital = "canberra"
population = 26.64

# %% other
capital = 'Can' + 'berra'
population = 26.64000001

# %% test capital 2
check("capital", "62f1af285e01a069103ad6ab0f6de6ce")
check("population", "0e5a8fca6b3e50856c0782323426a768")

# %% answer words
def shout(words):
    """Return the words in capitals, with an exclamation mark.

    >>> shout(["ab"])
    ['AB!']
    """
    return [w.upper() + "!" for w in words]

# %% wrong
def shout(words):
    return words

# %% subtle
def shout(words):
    """
    >>> shout(["ab"])
    ['ab!']
    """
    return [w.upper() + "!" for w in words]

# %% other
def shout(words):
    """In capitals.

    >>> shout([])
    []
    """
    return list(map("{}!".format, map(str.upper, words)))

# %% test words 2
finder = doctest.DocTestFinder()
runner = doctest.DocTestRunner(verbose=False)
tests = [t for t in finder.find(shout, "shout", globs={"shout": shout}) if t.examples]
assert tests, "write an example into the docstring"
for t in tests:
    runner.run(t)
assert runner.summarize(verbose=False).failed == 0
assert shout(["a", "b"]) == ["A!", "B!"]
