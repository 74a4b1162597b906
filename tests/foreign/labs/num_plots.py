"""Matplotlib: Axes handed over, figures as answers, plt.gca() after the answer, images and subplots."""

# %% lesson
import matplotlib.pyplot as plt
import numpy as np
data = np.array([3, 1, 4, 1, 5, 9, 2, 6])

# %% answer draw
def draw_function(ax, f, a, b):
    x = np.linspace(a, b, 50)
    ax.plot(x, f(x), color="red")
    ax.axhline(0, color="black")
    ax.set_title("A function")
    return ax

# %% wrong
def draw_function(ax, f, a, b):
    return ax

# %% subtle
def draw_function(ax, f, a, b):
    x = np.linspace(a, b, 50)
    plt.figure()
    plt.plot(x, f(x), color="red")
    plt.title("A function")
    return plt.gca()

# %% test draw 2
fig, ax = plt.subplots()
returned = draw_function(ax, np.sin, 0, 6)
assert returned is ax
assert len(ax.lines) == 2
np.testing.assert_allclose(ax.lines[0].get_ydata(), np.sin(ax.lines[0].get_xdata()))
assert ax.get_title() == "A function"
plt.close("all")

# %% answer bars
def bar_chart(labels, values):
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.bar(labels, values)
    ax.set_ylim(0, max(values) + 1)
    return fig

# %% wrong
def bar_chart(labels, values):
    return plt.figure()

# %% subtle
def bar_chart(labels, values):
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.barh(labels, values)
    return fig

# %% test bars 2
fig = bar_chart(["a", "b", "c"], [1, 3, 2])
assert isinstance(fig, plt.Figure)
(ax,) = fig.axes
heights = [bar.get_height() for bar in ax.patches]
assert heights == [1, 3, 2]
assert ax.get_ylim() == (0, 4)
plt.close(fig)

# %% answer current
plt.figure()
plt.scatter(np.arange(8), data)
plt.xlabel("index")
plt.ylabel("digit")
axes = plt.gca()

# %% wrong
plt.figure()
axes = plt.gca()

# %% subtle
plt.figure()
plt.plot(np.arange(8), data, "o")
plt.xlabel("index")
plt.ylabel("value")
axes = plt.gca()

# %% test current 2
assert len(axes.collections) == 1, "use plt.scatter"
np.testing.assert_array_equal(axes.collections[0].get_offsets()[:, 1], data)
assert axes.get_xlabel() == "index"

# %% answer grid
fig, axs = plt.subplots(2, 2, sharex=True)
for k, a in enumerate(axs.flat, start=1):
    a.plot(data ** k)
    a.set_title(f"power {k}")
fig.tight_layout()

# %% wrong
fig, axs = plt.subplots(1, 1)

# %% subtle
fig, axs = plt.subplots(2, 2)
for k, a in enumerate(axs.flat):
    a.plot(data ** k)
    a.set_title(f"power {k}")

# %% test grid 1
assert axs.shape == (2, 2)
assert [a.get_title() for a in axs.ravel()] == ["power 1", "power 2", "power 3", "power 4"]
np.testing.assert_array_equal(axs[1, 1].lines[0].get_ydata(), data ** 4)
assert len(fig.axes) == 4

# %% answer histogram
def histogram(values, bins):
    counts = [0] * (len(bins) - 1)
    for v in values:
        for i in range(len(bins) - 1):
            if bins[i] <= v < bins[i + 1]:
                counts[i] += 1
    return counts

# %% wrong
def histogram(values, bins):
    return [0] * len(bins)

# %% subtle
def histogram(values, bins):
    return [sum(bins[i] < v <= bins[i + 1] for v in values) for i in range(len(bins) - 1)]

# %% other
def histogram(values, bins):
    return np.histogram(values, [*bins[:-1], bins[-1] - 1e-9])[0]

# %% test histogram 1
fig, ax = plt.subplots()
expected, edges, _ = ax.hist(data, bins=[0, 3, 6, 9.5])
assert list(histogram(data, edges)) == [int(n) for n in expected]
plt.close(fig)
