"""Regular expressions: patterns as answers, match objects, compiled patterns, substitution."""

# %% lesson
import re
log = """2024-03-01 12:00:01 ERROR disk full
2024-03-01 12:00:05 INFO started
2024-03-02 08:30:00 WARNING low memory
2024-03-02 09:00:00 ERROR network down"""

# %% answer phone
phone_pattern = r"^\(?\d{3}\)?[- ]?\d{3}-\d{4}$"

# %% wrong
phone_pattern = r".*"

# %% subtle
phone_pattern = r"\d{3}-\d{3}-\d{4}"

# %% other
phone_pattern = re.compile(r"(\(\d{3}\) ?|\d{3}[- ]?)\d{3}-\d{4}$")

# %% test phone 2
for good in ["555-123-4567", "(555) 123-4567", "555 123-4567"]:
    assert re.match(phone_pattern, good), f"{good} is a phone number"
for bad in ["5551234", "555-123-45678", "hello"]:
    assert not re.match(phone_pattern, bad), f"{bad} is none"

# %% answer errors
def errors(log):
    return re.findall(r"ERROR (.+)$", log, flags=re.MULTILINE)

# %% wrong
def errors(log):
    return log

# %% subtle
def errors(log):
    return re.findall(r"ERROR (\w+)", log)

# %% other
def errors(log):
    return [m["text"] for m in re.finditer(r"ERROR (?P<text>.*)", log)]

# %% test errors 1
assert errors(log) == ["disk full", "network down"]
assert errors("") == []

# %% answer date
def find_date(text):
    return re.search(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", text)

# %% wrong
def find_date(text):
    return None

# %% subtle
def find_date(text):
    return re.search(r"(?P<year>\d+)-(?P<month>\d+)-(?P<day>\d)", text)

# %% test date 2
m = find_date("due on 2024-03-15, at noon")
assert m is not None
assert m.group("year") == "2024"
assert m.groups() == ("2024", "03", "15")
assert m.span() == (7, 17)
assert find_date("no date") is None

# %% answer snake
def snake_case(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

# %% wrong
def snake_case(name):
    return name.lower()

# %% subtle
def snake_case(name):
    return re.sub(r"([A-Z])", r"_\1", name).lower()

# %% test snake 1
assert snake_case("camelCase") == "camel_case"
assert snake_case("HelloBigWorld") == "hello_big_world"

# %% answer tokens
def tokenize(expression):
    for match in re.finditer(r"\d+\.?\d*|[-+*/()]", expression):
        yield match.group()

# %% wrong
def tokenize(expression):
    return expression.split()

# %% subtle
def tokenize(expression):
    return re.findall(r"\d|[-+*/()]", expression)

# %% other
def tokenize(expression):
    return re.findall(r"\d+(?:\.\d+)?|[-+*/()]", expression)

# %% test tokens 1
assert list(tokenize("3 + 4.5*(2-1)")) == ["3", "+", "4.5", "*", "(", "2", "-", "1", ")"]
