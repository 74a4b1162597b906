"""Databases and files: connections made by tests, row factories, a repository class, transactions; CSV, JSON, zip and temporary folders."""

# %% lesson
import csv
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
import pandas as pd

SCHEMA = """
CREATE TABLE IF NOT EXISTS person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, born INTEGER);
CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY, title TEXT, author INTEGER REFERENCES person(id));
"""
db = sqlite3.connect(":memory:")
db.executescript(SCHEMA)
db.executemany("INSERT INTO person(name, born) VALUES (?, ?)", [("Ada", 1815), ("Alan", 1912), ("Grace", 1906)])
db.executemany("INSERT INTO book(title, author) VALUES (?, ?)", [("Notes", 1), ("Machines", 2), ("Morphogenesis", 2)])
db.commit()

# %% answer query
q_books = """
SELECT p.name, COUNT(b.id) AS books
FROM person p LEFT JOIN book b ON b.author = p.id
GROUP BY p.id ORDER BY books DESC, p.name
"""

# %% wrong
q_books = "SELECT name FROM person"

# %% subtle
q_books = "SELECT p.name, COUNT(b.id) AS books FROM person p JOIN book b ON b.author = p.id GROUP BY p.id ORDER BY books DESC"

# %% other
q_books = """
WITH n AS (SELECT author, COUNT(*) AS k FROM book GROUP BY author)
SELECT name, IFNULL(k, 0) books FROM person LEFT OUTER JOIN n ON n.author = person.id
ORDER BY 2 DESC, 1 ASC;
"""

# %% test query 2
rows = db.execute(q_books).fetchall()
assert rows == [("Alan", 2), ("Ada", 1), ("Grace", 0)], rows
frame = pd.read_sql(q_books, db)
assert list(frame.columns) == ["name", "books"]
assert frame["books"].sum() == 3

# %% answer repository
class People:
    """A repository of people in a connection."""
    def __init__(self, connection):
        self.db = connection
        self.db.row_factory = sqlite3.Row
        self.db.executescript(SCHEMA)

    def add(self, name, born=None):
        with self.db:
            return self.db.execute("INSERT INTO person(name, born) VALUES (?, ?)", (name, born)).lastrowid

    def __getitem__(self, key):
        row = self.db.execute("SELECT * FROM person WHERE id = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return dict(row)

    def __len__(self):
        return self.db.execute("SELECT COUNT(*) FROM person").fetchone()[0]

    def find(self, text):
        return [r["name"] for r in self.db.execute("SELECT name FROM person WHERE name LIKE ? ORDER BY name", (f"%{text}%",))]

# %% wrong
class People:
    def __init__(self, connection):
        self.people = []
    def add(self, name, born=None):
        self.people.append(name)

# %% subtle
class People:
    def __init__(self, connection):
        self.db = connection
        self.db.executescript(SCHEMA)
    def add(self, name, born=None):
        self.db.execute(f"INSERT INTO person(name, born) VALUES ('{name}', {born})")
    def __getitem__(self, key):
        return self.db.execute("SELECT * FROM person WHERE id = ?", (key,)).fetchone()
    def __len__(self):
        return len(self.db.execute("SELECT * FROM person").fetchall())
    def find(self, text):
        return self.db.execute(f"SELECT name FROM person WHERE name LIKE '%{text}%'").fetchall()

# %% other
class People:
    def __init__(self, connection):
        self.cursor = connection.cursor()
        self.connection = connection
        for statement in SCHEMA.split(";"):
            self.cursor.execute(statement)
    def add(self, name, born=None):
        self.cursor.execute("INSERT INTO person(name, born) VALUES (:name, :born)", {"name": name, "born": born})
        self.connection.commit()
        return self.cursor.lastrowid
    def __getitem__(self, key):
        for row in self.cursor.execute("SELECT id, name, born FROM person WHERE id = ?", [key]):
            return dict(zip(("id", "name", "born"), row))
        raise KeyError(key)
    def __len__(self):
        return int(pd.read_sql("SELECT COUNT(*) AS n FROM person", self.connection).n[0])
    def find(self, text):
        found = pd.read_sql_query("SELECT name FROM person", self.connection)["name"]
        return sorted(found[found.str.contains(text, case=False, regex=False)])

# %% test repository 4
with closing(sqlite3.connect(":memory:")) as connection:
    people = People(connection)
    assert len(people) == 0
    first = people.add("Kurt", 1906)
    people.add("O'Neil")
    assert people[first] == {"id": first, "name": "Kurt", "born": 1906}
    assert len(people) == 2 and people.find("'") == ["O'Neil"]
    assert people.find("u") == ["Kurt"]
    try:
        people.add("Kurt")
    except sqlite3.IntegrityError:
        pass
    else:
        assert False, "names are unique"
    try:
        people[99]
    except KeyError:
        pass
    else:
        assert False
    assert connection.execute("SELECT SUM(born) FROM person").fetchone()[0] == 1906

# %% answer transfer
def export_csv(connection, table, path):
    """Write a table with a header; return the number of rows."""
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY id")
    with open(path, "w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(c[0] for c in cursor.description)
        rows = cursor.fetchall()
        writer.writerows(rows)
    return len(rows)

# %% wrong
def export_csv(connection, table, path):
    return 3

# %% subtle
def export_csv(connection, table, path):
    rows = connection.execute(f"SELECT * FROM {table}").fetchall()
    with open(path, "w") as f:
        for row in rows:
            f.write(",".join(map(str, row)) + "\n")
    return len(rows)

# %% other
def export_csv(connection, table, path):
    frame = pd.read_sql(f"SELECT * FROM {table} ORDER BY id", connection)
    frame.to_csv(path, index=False)
    return len(frame)

# %% test transfer 3
with tempfile.TemporaryDirectory() as folder:
    target = Path(folder) / "people.csv"
    assert export_csv(db, "person", target) == 3
    with open(target, newline="") as f:
        rows = list(csv.DictReader(f))
    assert rows[0] == {"id": "1", "name": "Ada", "born": "1815"}
    assert os.listdir(folder) == ["people.csv"]
assert not target.exists()

# %% answer config
def update_config(path, **changes):
    """Change settings in a JSON file, which is made if it is missing; return all settings."""
    path = Path(path)
    settings = json.loads(path.read_text()) if path.exists() else {}
    settings.update(changes)
    path.write_text(json.dumps(settings, indent=2, sort_keys=True))
    return settings

# %% wrong
def update_config(path, **changes):
    return changes

# %% subtle
def update_config(path, **changes):
    settings = json.load(open(path))
    settings.update(changes)
    json.dump(settings, open(path, "w"))
    return settings

# %% other
def update_config(path, **changes):
    try:
        with open(path) as f:
            settings = json.load(f)
    except FileNotFoundError:
        settings = {}
    with open(path, "w") as f:
        json.dump(settings | changes, f)
    return {**settings, **changes}

# %% test config 3
if os.path.exists("settings.json"):
    os.remove("settings.json")
assert update_config("settings.json", colour="red", size=3) == {"colour": "red", "size": 3}
assert update_config("settings.json", size=4) == {"colour": "red", "size": 4}
with open("settings.json") as f:
    assert json.load(f) == {"colour": "red", "size": 4}
os.remove("settings.json")

# %% answer archive
def archive(folder, target, pattern="*.txt"):
    """Put the files of a folder into a zip file; return their names."""
    names = sorted(p.name for p in Path(folder).glob(pattern))
    with zipfile.ZipFile(target, "w") as z:
        for name in names:
            z.write(Path(folder) / name, name)
    return names

# %% wrong
def archive(folder, target, pattern="*.txt"):
    return []

# %% subtle
def archive(folder, target, pattern="*.txt"):
    with zipfile.ZipFile(target, "w") as z:
        for p in Path(folder).glob(pattern):
            z.write(p)
    return sorted(map(str, Path(folder).glob(pattern)))

# %% other
def archive(folder, target, pattern="*.txt"):
    import fnmatch
    z = zipfile.ZipFile(target, mode="w", compression=zipfile.ZIP_DEFLATED)
    try:
        names = [n for n in sorted(os.listdir(folder)) if fnmatch.fnmatch(n, pattern)]
        for n in names:
            z.writestr(n, open(os.path.join(folder, n)).read())
    finally:
        z.close()
    return names

# %% test archive 3
os.makedirs("texts", exist_ok=True)
for name, text in {"b.txt": "bee", "a.txt": "ay", "c.csv": "1,2"}.items():
    Path("texts", name).write_text(text)
assert archive("texts", "texts.zip") == ["a.txt", "b.txt"]
with zipfile.ZipFile("texts.zip") as z:
    assert z.namelist() == ["a.txt", "b.txt"]
    assert z.read("b.txt") == b"bee"
assert archive("texts", "texts.zip", pattern="*.csv") == ["c.csv"]
shutil.rmtree("texts")
os.remove("texts.zip")
