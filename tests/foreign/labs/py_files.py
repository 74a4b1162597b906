"""Files: text, CSV and JSON files that come with the lab; files that an answer writes and a test reads."""

# %% lesson
import csv
import json
from pathlib import Path

# %% answer total
def total_price(filename):
    with open(filename) as f:
        rows = csv.DictReader(f)
        return sum(float(row["price"]) * int(row["amount"]) for row in rows)

# %% wrong
def total_price(filename):
    return 0

# %% subtle
def total_price(filename):
    with open(filename) as f:
        return sum(float(row["price"]) for row in csv.DictReader(f))

# %% other
def total_price(filename):
    lines = Path(filename).read_text().splitlines()[1:]
    total = 0
    for line in lines:
        item, price, amount = line.split(",")
        total += float(price) * int(amount)
    return total

# %% test total 2
assert abs(total_price("data/shop.csv") - 7.5) < 1e-9
### BEGIN HIDDEN TESTS
Path("other.csv").write_text("item,price,amount\npen,2.0,3\n")
assert total_price("other.csv") == 6.0
### END HIDDEN TESTS

# %% answer save
def save_settings(settings, filename):
    with open(filename, "w") as f:
        json.dump(settings, f, indent=2, sort_keys=True)

# %% wrong
def save_settings(settings, filename):
    return json.dumps(settings)

# %% subtle
def save_settings(settings, filename):
    with open(filename, "w") as f:
        f.write(str(settings))

# %% other
def save_settings(settings, filename):
    Path(filename).write_text(json.dumps(settings))

# %% test save 2
save_settings({"volume": 3, "tracks": ["a", "b"]}, "settings.json")
with open("settings.json") as f:
    loaded = json.load(f)
assert loaded == {"volume": 3, "tracks": ["a", "b"]}

# %% answer longest
with open("data/poem.txt") as f:
    lines = [line.rstrip("\n") for line in f]
longest_line = max(lines, key=len)

# %% wrong
longest_line = ""

# %% subtle
with open("data/poem.txt") as f:
    longest_line = max(f, key=len)

# %% test longest 1
assert longest_line == "That perches in the soul,", repr(longest_line)
assert len(lines) == 4

# %% answer users
def adults(filename):
    """The names of the users who are at least 18, in alphabetical order."""
    with open(filename) as f:
        users = json.load(f)
    return sorted(u["name"] for u in users if u["age"] >= 18)

# %% wrong
def adults(filename):
    return ["Ada"]

# %% subtle
def adults(filename):
    with open(filename) as f:
        users = json.load(f)
    return sorted(u["name"] for u in users if u["age"] > 18)

# %% test users 1
assert adults("data/users.json") == ["Ada", "Bo"]

# %% answer copy
def number_lines(source: Path, target: Path) -> int:
    text = source.read_text().splitlines()
    target.write_text("".join(f"{i}: {line}\n" for i, line in enumerate(text, 1)))
    return len(text)

# %% wrong
def number_lines(source, target):
    return 4

# %% subtle
def number_lines(source, target):
    text = source.read_text().splitlines()
    target.write_text("".join(f"{i}: {line}\n" for i, line in enumerate(text)))
    return len(text)

# %% test copy 2
target = Path("numbered.txt")
n = number_lines(Path("data/poem.txt"), target)
assert n == 4
assert target.exists(), "no file was written"
assert target.read_text().startswith("1: Hope")
target.unlink()

# %% file data/shop.csv
#! item,price,amount
#! apple,0.5,5
#! bread,2.5,2
# %% file data/poem.txt
#! Hope is the thing
#! That perches in the soul,
#! And sings the tune
#! And never stops at all,
# %% file data/users.json
#! [{"name": "Bo", "age": 18}, {"name": "Ada", "age": 36}, {"name": "Cy", "age": 7}]
