"""Programs that talk: input by a patched iterator, sys.stdin replaced, %%capture, prints in loops, sys.argv, logging, tables on the screen."""

# %% lesson
import builtins
import contextlib
import io
import logging
import re
import sys
from unittest.mock import patch, MagicMock, call

# %% answer menu
def menu():
    """A calculator: add, quit; prints results and "unknown" until quit."""
    total = 0
    while True:
        command = input("> ").strip().lower()
        if command == "quit":
            print("bye")
            return total
        if command.startswith("add "):
            total += int(command.split()[1])
            print(total)
        else:
            print("unknown:", command)

# %% wrong
def menu():
    print("bye")

# %% subtle
def menu():
    total = 0
    command = input("> ")
    while command != "quit":
        if command.startswith("add"):
            total += int(command[4:])
            print("total", total)
        command = input("> ")
    print("bye")
    return total

# %% other
def menu(total=0):
    words = input("> ").split()
    match [w.lower() for w in words]:
        case ["quit"]:
            print("bye")
            return total
        case ["add", n]:
            total += int(n)
            print(f"{total}")
        case other:
            sys.stdout.write("unknown: " + " ".join(other) + "\n")
    return menu(total)

# %% test menu 3
answers = iter(["add 3", "ADD 4", "dance", "quit"])
out = io.StringIO()
with patch("builtins.input", lambda prompt="": next(answers)), contextlib.redirect_stdout(out):
    result = menu()
assert result == 7
assert out.getvalue().splitlines() == ["3", "7", "unknown: dance", "bye"], out.getvalue()
assert next(answers, "empty") == "empty"

# %% answer guess
def guess(secret, ask=input):
    """Ask until the secret is found; return the number of tries."""
    tries = 0
    while True:
        tries += 1
        n = int(ask("Your guess: "))
        if n == secret:
            print("Right!")
            return tries
        print("Too low" if n < secret else "Too high")

# %% wrong
def guess(secret, ask=input):
    return 1

# %% subtle
def guess(secret, ask=input):
    tries = 0
    while int(ask("Your guess: ")) != secret:
        tries += 1
        print("Wrong")
    print("Right!")
    return tries

# %% other
def guess(secret, ask=input):
    import itertools
    for tries in itertools.count(1):
        n = int(ask("Your guess: "))
        print(["Right!", "Too low", "Too high"][(n < secret) - (n > secret)])
        if n == secret:
            break
    return tries

# %% test guess 3
ask = MagicMock(side_effect=["5", "9", "7"])
with contextlib.redirect_stdout(io.StringIO()) as screen:
    assert guess(7, ask) == 3
assert ask.call_count == 3
assert ask.call_args == call("Your guess: ")
assert re.findall(r"low|high|Right", screen.getvalue()) == ["low", "high", "Right"]

# %% answer reader
def read_numbers():
    """Sum the numbers in standard input, one a line, until an empty line or the end."""
    total = 0.0
    for line in sys.stdin:
        if not line.strip():
            break
        total += float(line)
    return total

# %% wrong
def read_numbers():
    return 0.0

# %% subtle
def read_numbers():
    return sum(float(x) for x in sys.stdin.read().split())

# %% other
def read_numbers():
    numbers = []
    while line := sys.stdin.readline().strip():
        numbers.append(float(line))
    return sum(numbers)

# %% test reader 2
old = sys.stdin
try:
    sys.stdin = io.StringIO("1\n2.5\n\n100\n")
    assert read_numbers() == 3.5
    sys.stdin = io.StringIO("4\n5")
    assert read_numbers() == 9
finally:
    sys.stdin = old

# %% answer triangle
def triangle(n, char="*"):
    for i in range(1, n + 1):
        print(char * i)

# %% wrong
def triangle(n, char="*"):
    return [char * i for i in range(n)]

# %% subtle
def triangle(n, char="*"):
    for i in range(n):
        print(char * (i + 1) + " ")

# %% other
def triangle(n, char="*"):
    print("\n".join(char * i for i in range(1, n + 1)))

# %% test triangle 2
class Screen(list):
    def write(self, text):
        self.append(text)
    def flush(self):
        pass
screen = Screen()
saved = sys.stdout
sys.stdout = screen
triangle(3)
triangle(1, char="#")
sys.stdout = saved
assert "".join(screen) == "*\n**\n***\n#\n"

# %% answer receipt
def receipt(items):
    """Print name and price in columns, and the sum."""
    for name, price in items.items():
        print(f"{name:<10}{price:>8.2f}")
    print("=" * 18)
    print(f"{'total':<10}{sum(items.values()):>8.2f}")

# %% wrong
def receipt(items):
    print(items)

# %% subtle
def receipt(items):
    for name, price in items.items():
        print(f"{name:<10}{price:>8}")
    print("=" * 18)
    print(f"{'total':<10}{sum(items.values()):>8}")

# %% other
def receipt(items):
    lines = [name.ljust(10) + format(price, "8.2f") for name, price in items.items()]
    lines += ["=" * 18, "total".ljust(10) + "%8.2f" % sum(items.values())]
    print(*lines, sep="\n")

# %% test receipt 2
with patch("sys.stdout", new_callable=io.StringIO) as fake:
    receipt({"tea": 2.5, "cake": 3.25})
expected = """tea           2.50
cake          3.25
==================
total         5.75
"""
assert fake.getvalue() == expected

# %% answer logs
logger = logging.getLogger("course")
def divide(a, b):
    """Divide; log an error and return None if that is impossible."""
    try:
        return a / b
    except ZeroDivisionError:
        logger.error("division of %s by zero", a)
        return None

# %% wrong
def divide(a, b):
    return a / b

# %% subtle
def divide(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        print("division of", a, "by zero")

# %% other
def divide(a, b):
    if b == 0:
        logging.getLogger("course").error(f"division of {a} by zero")
        return
    return a / b

# %% test logs 3
heard = []
class Keep(logging.Handler):
    def emit(self, record):
        heard.append((record.levelname, record.getMessage()))
handler = Keep()
logging.getLogger("course").addHandler(handler)
logging.getLogger("course").propagate = False
assert divide(6, 3) == 2
assert divide(1, 0) is None
logging.getLogger("course").removeHandler(handler)
assert heard == [("ERROR", "division of 1 by zero")]

# %% test prints 1
with patch.object(builtins, "print") as fake_print:
    triangle(2, "ab")
printed = [" ".join(map(str, c.args)) for c in fake_print.call_args_list]
assert "\n".join(printed) == "ab\nabab"
