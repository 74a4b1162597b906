"""Exceptions: raising, custom hierarchies given and written, chaining, finally, context managers."""

# %% lesson
from contextlib import contextmanager

class ParseError(Exception):
    """Given: raise it with the line number."""
    def __init__(self, line, message):
        super().__init__(f"line {line}: {message}")
        self.line = line

# %% answer parse
def parse(text):
    result = {}
    for number, line in enumerate(text.splitlines(), start=1):
        key, sep, value = line.partition("=")
        if not sep:
            raise ParseError(number, "no '='")
        try:
            result[key.strip()] = int(value)
        except ValueError as e:
            raise ParseError(number, "not a number") from e
    return result

# %% wrong
def parse(text):
    raise ParseError(1, "no '='")

# %% subtle
def parse(text):
    result = {}
    for number, line in enumerate(text.splitlines()):
        key, sep, value = line.partition("=")
        if not sep:
            raise ParseError(number, "no '='")
        result[key.strip()] = int(value)
    return result

# %% other
def parse(text):
    lines = text.splitlines()
    try:
        for i, line in enumerate(lines):
            if "=" not in line:
                raise ParseError(i + 1, "no '='")
        return {l.split("=")[0].strip(): int(l.split("=")[1]) for l in lines}
    except ValueError as error:
        for i, line in enumerate(lines):
            if not line.split("=")[1].strip().isdigit():
                raise ParseError(i + 1, "not a number") from error

# %% test parse 2
assert parse("a = 1\nb=2") == {"a": 1, "b": 2}
try:
    parse("a = 1\noops")
except ParseError as e:
    assert e.line == 2
    assert "line 2" in str(e)
else:
    raise AssertionError("no ParseError")

# %% test chained 1
try:
    parse("a = x")
    assert False
except ParseError as e:
    assert isinstance(e.__cause__, ValueError)

# %% answer safe
def safe_div(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return None
    except TypeError:
        raise TypeError("numbers please")

# %% wrong
def safe_div(a, b):
    return a / b

# %% subtle
def safe_div(a, b):
    try:
        return a / b
    except:
        return None

# %% test safe 2
import pytest
assert safe_div(1, 2) == 0.5
assert safe_div(1, 0) is None
with pytest.raises(TypeError, match="numbers please"):
    safe_div("1", 2)

# %% answer retry
def retry(f, times):
    for attempt in range(times):
        try:
            return f()
        except Exception:
            if attempt == times - 1:
                raise

# %% wrong
def retry(f, times):
    return f()

# %% subtle
def retry(f, times):
    for attempt in range(times):
        try:
            return f()
        except Exception:
            pass

# %% test retry 2
attempts = []
def flaky():
    attempts.append(1)
    if len(attempts) < 3:
        raise OSError("try again")
    return "done"

assert retry(flaky, 5) == "done"
assert len(attempts) == 3

def broken():
    raise KeyError("x")

with pytest.raises(KeyError):
    retry(broken, 2)

# %% answer context
@contextmanager
def collecting(log):
    log.append("enter")
    try:
        yield log
    finally:
        log.append("exit")

# %% wrong
def collecting(log):
    log.append("enter")

# %% subtle
@contextmanager
def collecting(log):
    log.append("enter")
    yield log
    log.append("exit")

# %% other
class collecting:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log.append("enter")
        return self.log

    def __exit__(self, *error):
        self.log.append("exit")

# %% test context 2
log = []
with collecting(log) as l:
    l.append("body")
assert log == ["enter", "body", "exit"]
log = []
try:
    with collecting(log):
        raise RuntimeError
except RuntimeError:
    pass
assert log == ["enter", "exit"]

# %% answer validate
class ValidationError(ValueError):
    def __init__(self, field, value):
        super().__init__(f"{field}: {value!r}")
        self.field, self.value = field, value

def validate_age(age):
    if not isinstance(age, int) or not 0 <= age < 150:
        raise ValidationError("age", age)
    return age

# %% wrong
def validate_age(age):
    return age

# %% subtle
class ValidationError(ValueError):
    pass

def validate_age(age):
    if not 0 <= age < 150:
        raise ValidationError("age", age)
    return age

# %% test validate 2
assert validate_age(30) == 30
for bad in (-1, 200, "x"):
    try:
        validate_age(bad)
    except ValidationError as e:
        assert e.field == "age" and e.value == bad
    else:
        raise AssertionError(f"{bad!r} was accepted")
assert issubclass(ValidationError, ValueError)
