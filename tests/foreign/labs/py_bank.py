"""Classes: a bank account with exceptions of the student's own, class attributes, inheritance, __repr__ and operators."""

# %% answer account
class InsufficientFunds(Exception):
    pass


class Account:
    interest = 0.02

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount):
        if amount > self.balance:
            raise InsufficientFunds(f"balance is {self.balance}")
        self.balance -= amount
        self.history.append(("withdraw", amount))

    def __repr__(self):
        return f"Account({self.owner!r}, {self.balance})"

    def __eq__(self, other):
        return isinstance(other, Account) and (self.owner, self.balance) == (other.owner, other.balance)

# %% wrong
class Account:
    def __init__(self, owner, balance=0):
        pass

# %% subtle
class InsufficientFunds(Exception):
    pass


class Account:
    interest = 0.02
    history = []

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount):
        self.balance -= amount
        self.history.append(("withdraw", amount))
        if self.balance < 0:
            raise InsufficientFunds(f"balance is {self.balance}")

    def __repr__(self):
        return f"Account({self.owner!r}, {self.balance})"

    def __eq__(self, other):
        return self.owner == other.owner and self.balance == other.balance

# %% test deposit 2
acc = Account("Ada", 100)
acc.deposit(50)
assert acc.balance == 150
assert acc.owner == "Ada"
try:
    acc.deposit(-5)
except ValueError as e:
    assert "positive" in str(e)
else:
    assert False, "deposit(-5) should raise a ValueError"

# %% test withdraw 2
acc = Account("Bob", 20)
acc.withdraw(5)
assert acc.balance == 15
import pytest
with pytest.raises(InsufficientFunds):
    acc.withdraw(1000)
assert acc.balance == 15, "a failed withdrawal must not change the balance"

# %% test history 1
a, b = Account("A", 1), Account("B", 2)
a.deposit(1)
assert a.history == [("deposit", 1)]
assert b.history == []

# %% test repr 1
assert repr(Account("Ada", 3)) == "Account('Ada', 3)"
assert Account("x", 1) == Account("x", 1)
assert Account("x", 1) != Account("x", 2)

# %% answer savings
class Savings(Account):
    def add_interest(self):
        self.deposit(self.balance * self.interest)

# %% wrong
class Savings:
    pass

# %% subtle
class Savings:
    interest = 0.02

    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance

    def add_interest(self):
        self.balance *= 1 + self.interest

# %% other
class Savings(Account):
    def add_interest(self):
        amount = self.balance * type(self).interest
        super().deposit(amount)

# %% test savings 2
s = Savings("Ada", 200)
s.add_interest()
assert s.balance == pytest.approx(204)
assert isinstance(s, Account)
assert issubclass(Savings, Account)
Savings.interest = 0.1
s.add_interest()
assert abs(s.balance - 224.4) < 1e-9
assert Account.interest == 0.02
