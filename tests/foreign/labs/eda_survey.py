"""Exploring a table with pandas: a pipeline over several cells, MultiIndex, read_csv from text, plots by pandas, scores by column."""

# %% free
import io
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from pandas.testing import assert_frame_equal, assert_series_equal, assert_index_equal

# %% lesson
CSV = """id,city,age,income,joined,plan
1,Oslo,34,52000,2021-01-03,basic
2,Bergen,,48000,2021-02-11,plus
3,Oslo,29,,2021-02-20,basic
4,Tromso,51,61000,2021-03-05,plus
5,Bergen,42,58000,2021-03-09,basic
6,Oslo,38,75000,2021-04-01,gold
"""
raw = pd.read_csv(io.StringIO(CSV))
raw.head()

# %% answer load
df = pd.read_csv(io.StringIO(CSV), index_col="id", parse_dates=["joined"])
df["plan"] = pd.Categorical(df["plan"], categories=["basic", "plus", "gold"], ordered=True)

# %% wrong
df = raw

# %% subtle
df = pd.read_csv(io.StringIO(CSV), index_col="id", parse_dates=["joined"])
df["plan"] = df["plan"].astype("category")

# %% other
df = raw.set_index("id").assign(
    joined=lambda d: pd.to_datetime(d.joined),
    plan=lambda d: d.plan.astype(pd.CategoricalDtype(["basic", "plus", "gold"], ordered=True)),
)

# %% test load 2
assert df.index.name == "id" and df.shape == (6, 5)
assert pd.api.types.is_datetime64_any_dtype(df["joined"])
assert isinstance(df["plan"].dtype, pd.CategoricalDtype) and df["plan"].cat.ordered
assert df["plan"].max() == "gold"
assert list(raw.columns)[0] == "id", "leave raw as it is"

# %% answer clean
def clean(frame):
    """Fill ages by the city's median, drop rows without income; leave the argument as it is."""
    out = frame.copy()
    out["age"] = out["age"].fillna(out.groupby("city")["age"].transform("median"))
    return out.dropna(subset=["income"])

tidy = clean(df)

# %% wrong
def clean(frame):
    return frame
tidy = clean(df)

# %% subtle
def clean(frame):
    frame["age"] = frame["age"].fillna(frame["age"].median())
    return frame.dropna(subset=["income"])
tidy = clean(df)

# %% other
def clean(frame):
    parts = []
    for city, part in frame[frame.income.notna()].groupby("city"):
        median = frame.loc[frame.city == city, "age"].median()
        parts.append(part.fillna({"age": median}))
    return pd.concat(parts).sort_index()
tidy = df.pipe(clean)

# %% test clean 3
assert tidy.isna().sum().sum() == 0 and len(tidy) == 5
assert tidy.loc[2, "age"] == 42
assert df["age"].isna().sum() == 1, "df was changed"
expected = pd.DataFrame({"city": ["A", "A"], "age": [30.0, 30.0], "income": [1.0, 2.0]}, index=[0, 2])
given = pd.DataFrame({"city": ["A", "A", "A"], "age": [30.0, np.nan, np.nan], "income": [1.0, np.nan, 2.0]})
assert_frame_equal(clean(given), expected)

# %% answer summary
summary = tidy.groupby("city").agg(people=("age", "size"), mean_income=("income", "mean"), oldest=("age", "max"))
summary = summary.sort_values("mean_income", ascending=False)

# %% wrong
summary = tidy.describe()

# %% subtle
summary = tidy.groupby("city").agg(people=("age", "size"), mean_income=("income", "mean"), oldest=("age", "max"))

# %% other
g = tidy.groupby("city")
summary = pd.concat([g.size().rename("people"), g.income.mean().rename("mean_income"), g.age.max().rename("oldest")], axis=1)
summary.sort_values("mean_income", ascending=False, inplace=True)

# %% test summary 2
assert_index_equal(summary.index, pd.Index(["Oslo", "Tromso", "Bergen"], name="city"))
assert list(summary.columns) == ["people", "mean_income", "oldest"]
assert_series_equal(summary["people"], pd.Series([2, 1, 2], index=summary.index, name="people"))
np.testing.assert_allclose(summary.loc["Bergen", "mean_income"], 53000)
assert summary.equals(summary.sort_values("mean_income", ascending=False))

# %% answer pivot
table = tidy.pivot_table(index="city", columns="plan", values="income", aggfunc="sum", fill_value=0, observed=False)
stacked = table.stack()

# %% wrong
table = tidy
stacked = tidy

# %% subtle
table = tidy.pivot_table(index="city", columns="plan", values="income", observed=False)
stacked = table.stack()

# %% other
table = pd.crosstab(tidy.city, tidy.plan, values=tidy.income, aggfunc="sum").fillna(0)
stacked = tidy.groupby(["city", "plan"], observed=False).income.sum()

# %% test pivot 3
assert table.loc["Oslo", "basic"] == 52000 and table.loc["Oslo", "gold"] == 75000
assert (table.loc["Tromso", ["basic", "gold"]] == 0).all()
assert table.columns.tolist() == ["basic", "plus", "gold"]
assert isinstance(stacked.index, pd.MultiIndex) and stacked.index.names == ["city", "plan"]
assert stacked.loc[("Bergen", "plus")] == 48000
assert stacked.xs("gold", level="plan").sum() == 75000

# %% answer monthly
monthly = df.set_index("joined")["income"].resample("MS").count().rename("joins")
by_weekday = df["joined"].dt.day_name().value_counts()

# %% wrong
monthly = df["income"]
by_weekday = {}

# %% subtle
monthly = df.groupby(df["joined"].dt.month)["income"].count().rename("joins")
by_weekday = df["joined"].dt.weekday.value_counts()

# %% other
monthly = df.groupby(pd.Grouper(key="joined", freq="MS"))["income"].agg("count")
monthly.name = "joins"
by_weekday = df.joined.apply(lambda d: d.strftime("%A")).value_counts()

# %% test monthly 2
assert monthly.name == "joins" and monthly.tolist() == [1, 1, 2, 1]
assert monthly.index[0] == pd.Timestamp("2021-01-01")
assert monthly["2021-03":].sum() == 3
assert by_weekday["Thursday"] == 2 and by_weekday.sum() == 6

# %% answer plot
ax = tidy.plot.scatter(x="age", y="income", title="Income by age")

# %% wrong
ax = None

# %% subtle
ax = tidy.plot(x="age", y="income", title="Income")

# %% other
fig, ax = plt.subplots()
ax.scatter(tidy["age"], tidy["income"])
ax.set(xlabel="age", ylabel="income", title="Income by age")

# %% test plot 2
assert isinstance(ax, plt.Axes)
assert ax.get_title() == "Income by age" and ax.get_xlabel() == "age"
points = ax.collections[0].get_offsets()
assert len(points) == len(tidy)
assert set(np.asarray(points)[:, 1]) == set(tidy["income"])

# %% answer outliers
def outliers(series, k=1.5):
    """A boolean Series: outside of k interquartile ranges."""
    q1, q3 = series.quantile([0.25, 0.75])
    return (series < q1 - k * (q3 - q1)) | (series > q3 + k * (q3 - q1))

# %% wrong
def outliers(series, k=1.5):
    return series > series.mean()

# %% subtle
def outliers(series, k=1.5):
    q1, q3 = np.percentile(series, [25, 75])
    return np.array((series < q1 - k * (q3 - q1)) | (series > q3 + k * (q3 - q1)))

# %% other
def outliers(series, k=1.5):
    q1, q3 = np.nanpercentile(series, [25, 75])
    return ~series.between(q1 - k * (q3 - q1), q3 + k * (q3 - q1)) & series.notna()

# %% test outliers 2
s = pd.Series([1, 2, 3, 4, 100.0, np.nan], index=list("abcdef"), name="x")
flags = outliers(s)
assert isinstance(flags, pd.Series) and flags.dtype == bool
assert s[flags].index.tolist() == ["e"]
assert not outliers(s, k=1000).any()
assert_series_equal(outliers(s), pd.Series([False] * 4 + [True, False], index=s.index), check_names=False)
