"""Databases: an sqlite3 connection that the lesson opens and tests hand over; queries as strings."""

# %% lesson
import sqlite3
connection = sqlite3.connect(":memory:")
connection.executescript("""
create table planets (name text, radius real, moons integer);
insert into planets values ('Earth', 6371, 1), ('Mars', 3390, 2), ('Venus', 6052, 0), ('Jupiter', 69911, 95);
""")

# %% answer query
query = "select name from planets where moons > 0 order by radius desc"

# %% wrong
query = "select * from planets"

# %% subtle
query = "select name from planets where moons > 0 order by radius"

# %% test query 2
rows = connection.execute(query).fetchall()
assert [name for name, in rows] == ["Jupiter", "Earth", "Mars"]

# %% answer add
def add_planet(connection, name, radius, moons=0):
    connection.execute("insert into planets values (?, ?, ?)", (name, radius, moons))
    connection.commit()

# %% wrong
def add_planet(connection, name, radius, moons=0):
    pass

# %% subtle
def add_planet(connection, name, radius, moons=0):
    connection.execute(f"insert into planets values ('{name}', {radius}, {moons})")

# %% test add 2
add_planet(connection, "Pluto's twin", 1188, 5)
assert connection.execute("select moons from planets where name = ?", ("Pluto's twin",)).fetchone() == (5,)

# %% answer total
def total_moons(connection):
    return connection.execute("select sum(moons) from planets").fetchone()[0]

# %% wrong
def total_moons(connection):
    return 98

# %% subtle
def total_moons(connection):
    return connection.execute("select sum(moons) from planets").fetchone()

# %% test total 1
other = sqlite3.connect(":memory:")
other.execute("create table planets (name text, radius real, moons integer)")
other.executemany("insert into planets values (?, ?, ?)", [("a", 1, 3), ("b", 2, 4)])
assert total_moons(other) == 7

# %% answer dicts
def as_dicts(cursor):
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor]

# %% wrong
def as_dicts(cursor):
    return []

# %% subtle
def as_dicts(cursor):
    return [dict(enumerate(row)) for row in cursor]

# %% test dicts 2
cursor = connection.execute("select name, moons from planets where name = 'Mars'")
assert as_dicts(cursor) == [{"name": "Mars", "moons": 2}]
