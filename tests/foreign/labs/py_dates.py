"""datetime, Decimal and Fraction: as arguments and as answers."""

# %% lesson
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

# %% answer days
def days_between(a, b):
    return abs((b - a).days)

# %% wrong
def days_between(a, b):
    return 0

# %% subtle
def days_between(a, b):
    return (b - a).days

# %% test days 1
assert days_between(date(2024, 1, 1), date(2024, 3, 1)) == 60
assert days_between(date(2024, 3, 1), date(2024, 1, 1)) == 60

# %% answer parse
def parse_stamp(text):
    return datetime.strptime(text, "%d.%m.%Y %H:%M")

# %% wrong
def parse_stamp(text):
    return text

# %% subtle
def parse_stamp(text):
    return datetime.strptime(text, "%d.%m.%Y %H:%M").date()

# %% other
def parse_stamp(text):
    day, time = text.split()
    d, m, y = map(int, day.split("."))
    return datetime(y, m, d, *map(int, time.split(":")))

# %% test parse 2
stamp = parse_stamp("24.12.2023 18:30")
assert isinstance(stamp, datetime)
assert stamp == datetime(2023, 12, 24, 18, 30)
assert stamp.weekday() == 6 and stamp.hour == 18
assert stamp + timedelta(days=8) > datetime(2024, 1, 1)

# %% answer workdays
def next_workday(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day

# %% wrong
def next_workday(day):
    return day

# %% subtle
def next_workday(day):
    day += timedelta(days=1)
    return day if day.weekday() < 5 else day + timedelta(days=1)

# %% test workdays 1
assert next_workday(date(2024, 3, 7)) == date(2024, 3, 8)
assert next_workday(date(2024, 3, 8)) == date(2024, 3, 11), "8 March 2024 is a Friday"

# %% answer money
def split_bill(total, people):
    share = (total / people).quantize(Decimal("0.01"))
    return [share] * (people - 1) + [total - share * (people - 1)]

# %% wrong
def split_bill(total, people):
    return [total] * people

# %% subtle
def split_bill(total, people):
    return [round(float(total) / people, 2)] * people

# %% test money 2
shares = split_bill(Decimal("10.00"), 3)
assert len(shares) == 3
assert all(isinstance(s, Decimal) for s in shares)
assert sum(shares) == Decimal("10.00")
assert max(shares) - min(shares) <= Decimal("0.02")

# %% answer harmonic
def harmonic(n):
    return sum(Fraction(1, k) for k in range(1, n + 1))

# %% wrong
def harmonic(n):
    return n

# %% subtle
def harmonic(n):
    return sum(1 / k for k in range(1, n + 1))

# %% other
def harmonic(n):
    total = Fraction(0)
    for k in range(1, n + 1):
        total = total + Fraction(1, k)
    return total

# %% test harmonic 1
assert harmonic(4) == Fraction(25, 12)
assert harmonic(4).numerator == 25
assert harmonic(10) == Fraction(7381, 2520)

# %% answer birthdays
people = {"Ada": date(1815, 12, 10), "Alan": date(1912, 6, 23), "Grace": date(1906, 12, 9)}
by_month = {}
for person, born in people.items():
    by_month.setdefault(born.strftime("%B"), []).append(person)
oldest = min(people, key=people.get)
ages = {p: date(2000, 1, 1) - b for p, b in people.items()}

# %% wrong
by_month, oldest, ages = {}, None, {}

# %% subtle
people = {"Ada": date(1815, 12, 10), "Alan": date(1912, 6, 23), "Grace": date(1906, 12, 9)}
by_month = {b.strftime("%B"): [p] for p, b in people.items()}
oldest = max(people, key=people.get)
ages = {p: (date(2000, 1, 1) - b).days for p, b in people.items()}

# %% test birthdays 2
assert by_month == {"December": ["Ada", "Grace"], "June": ["Alan"]}
assert oldest == "Ada"
assert isinstance(ages["Ada"], timedelta)
assert ages["Alan"] < ages["Grace"] < ages["Ada"]
