"""SymPy: expressions, symbols and equations as answers and as arguments."""

# %% lesson
import sympy as sp
x, y = sp.symbols("x y")

# %% answer derivative
def second_derivative(expression, symbol):
    return sp.diff(expression, symbol, 2)

# %% wrong
def second_derivative(expression, symbol):
    return expression

# %% subtle
def second_derivative(expression, symbol):
    return sp.diff(expression, symbol) ** 2

# %% test derivative 2
assert second_derivative(x ** 3 * y, x) == 6 * x * y
assert sp.simplify(second_derivative(sp.sin(x), x) + sp.sin(x)) == 0

# %% answer solve
solutions = sp.solve(x ** 2 - 5 * x + 6, x)

# %% wrong
solutions = []

# %% subtle
solutions = [-2, -3]

# %% other
solutions = [3, 2]

# %% test solve 1
assert set(solutions) == {2, 3}

# %% answer taylor
def taylor(f, n):
    return sp.series(f, x, 0, n).removeO()

# %% wrong
def taylor(f, n):
    return f

# %% subtle
def taylor(f, n):
    return sum(f.diff(x, k).subs(x, 0) * x ** k for k in range(n))

# %% other
def taylor(f, n):
    return sum(f.diff(x, k).subs(x, 0) * x ** k / sp.factorial(k) for k in range(n))

# %% test taylor 2
assert sp.expand(taylor(sp.exp(x), 4) - (1 + x + x ** 2 / 2 + x ** 3 / 6)) == 0
assert taylor(sp.cos(x), 3).subs(x, 2) == -1
assert abs(float(taylor(sp.exp(x), 12).subs(x, 1)) - 2.718281828) < 1e-6

# %% answer numeric
f = sp.lambdify(x, sp.sqrt(x) + 1)
root = sp.nsolve(sp.cos(x) - x, x, 1)

# %% wrong
f, root = None, 0

# %% subtle
f = sp.sqrt(x) + 1
root = sp.cos(1)

# %% test numeric 1
assert f(9) == 4
assert abs(root - 0.739085133) < 1e-8
