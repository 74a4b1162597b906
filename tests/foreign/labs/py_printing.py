"""Programs that print and ask: captured output, patched input, capture magics, the text of the answer's cell."""

# %% lesson
import io
import sys
from contextlib import redirect_stdout
from unittest.mock import patch

# %% answer triangle
def print_triangle(n):
    for i in range(1, n + 1):
        print("*" * i)

# %% wrong
def print_triangle(n):
    return "*\n**\n***\n"

# %% subtle
def print_triangle(n):
    for i in range(n):
        print("*" * i)

# %% other
def print_triangle(n):
    print("\n".join("*" * k for k in range(1, n + 1)))

# %% test triangle 2
f = io.StringIO()
with redirect_stdout(f):
    print_triangle(3)
assert f.getvalue() == "*\n**\n***\n", f"You printed {f.getvalue()!r}"

# %% test triangle-magic 1
#! %%capture captured
print_triangle(2)

# %% lesson
captured.stdout

# %% answer greet
def greet():
    name = input("Your name? ")
    print(f"Hello, {name}!")

# %% wrong
def greet():
    print("Hello!")

# %% subtle
def greet():
    name = input("Your name? ")
    print("Hello,", name, "!")

# %% test greet 2
with patch("builtins.input", return_value="Ada"), patch("sys.stdout", new_callable=io.StringIO) as fake_out:
    greet()
assert fake_out.getvalue() == "Hello, Ada!\n"

# %% answer guess
def guessing_game(secret):
    tries = 0
    while True:
        guess = int(input("Guess: "))
        tries += 1
        if guess == secret:
            print(f"Correct after {tries} tries")
            return tries
        print("higher" if guess < secret else "lower")

# %% wrong
def guessing_game(secret):
    return 1

# %% subtle
def guessing_game(secret):
    tries = 0
    while int(input("Guess: ")) != secret:
        tries += 1
    print(f"Correct after {tries} tries")
    return tries

# %% test guess 2
answers = iter(["5", "9", "7"])
import builtins
original = builtins.input
builtins.input = lambda prompt="": next(answers)
buffer = io.StringIO()
sys.stdout, keep = buffer, sys.stdout
try:
    n = guessing_game(7)
finally:
    sys.stdout = keep
    builtins.input = original
assert n == 3
assert "higher" in buffer.getvalue() and "lower" in buffer.getvalue()

# %% answer table
def times_table(n):
    rows = []
    for i in range(1, n + 1):
        rows.append(" ".join(f"{i * j:3d}" for j in range(1, n + 1)))
    return "\n".join(rows)

# %% wrong
def times_table(n):
    return ""

# %% subtle
def times_table(n):
    rows = []
    for i in range(1, n + 1):
        rows.append(" ".join(f"{i * j}" for j in range(1, n + 1)))
    return "\n".join(rows)

# %% test table 1
assert times_table(3) == "  1   2   3\n  2   4   6\n  3   6   9"
for line in times_table(10).splitlines():
    assert len(line) == 39
print(times_table(4))
