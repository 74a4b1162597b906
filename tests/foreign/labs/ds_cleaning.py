"""pandas: missing values, dates, categories, strings, duplicates; functions of DataFrames tested with new frames."""

# %% lesson
import numpy as np
import pandas as pd

raw = pd.DataFrame({
    "name": [" Ada", "bo ", "Ada", None, "cy"],
    "age": ["36", "20", "36", "unknown", "7"],
    "joined": ["2024-01-31", "2024-02-29", "2024-01-31", "2023-12-24", "not yet"],
    "score": [1.0, np.nan, 1.0, 3.0, np.nan],
})

# %% answer missing
missing = raw.isna().sum()
share = raw["score"].isna().mean()

# %% wrong
missing, share = 0, 0

# %% subtle
missing = raw.isna()
share = raw["score"].isna().sum()

# %% test missing 1
assert missing["name"] == 1 and missing["score"] == 2 and missing["age"] == 0
assert share == 0.4

# %% answer fill
def fill_with_median(s):
    return s.fillna(s.median())

# %% wrong
def fill_with_median(s):
    return s

# %% subtle
def fill_with_median(s):
    return s.fillna(s.mean())

# %% test fill 2
filled = fill_with_median(pd.Series([1.0, np.nan, 2.0, 9.0], index=list("abcd"), name="x"))
assert filled["b"] == 2.0
pd.testing.assert_series_equal(filled, pd.Series([1.0, 2.0, 2.0, 9.0], index=list("abcd"), name="x"))
assert fill_with_median(raw["score"]).notna().all()

# %% answer clean
def clean(df):
    out = df.copy()
    out["name"] = out["name"].str.strip().str.title()
    out["age"] = pd.to_numeric(out["age"], errors="coerce")
    out["joined"] = pd.to_datetime(out["joined"], errors="coerce")
    return out.dropna(subset=["name"]).drop_duplicates().reset_index(drop=True)

# %% wrong
def clean(df):
    return df.dropna()

# %% subtle
def clean(df):
    df["name"] = df["name"].str.strip().str.title()
    df["age"] = pd.to_numeric(df["age"], errors="coerce")
    df["joined"] = pd.to_datetime(df["joined"], errors="coerce")
    return df.dropna(subset=["name"]).drop_duplicates().reset_index(drop=True)

# %% test clean 3
tidy = clean(raw)
assert tidy.name.tolist() == ["Ada", "Bo", "Cy"]
assert tidy["age"].dtype.kind == "f" and tidy["age"].sum() == 63
assert pd.api.types.is_datetime64_any_dtype(tidy["joined"])
assert tidy["joined"].isna().sum() == 1
assert raw["age"].iloc[0] == "36", "clean must not change its argument"

# %% answer month
def month_ends(dates):
    return dates[dates.dt.is_month_end]

# %% wrong
def month_ends(dates):
    return dates

# %% subtle
def month_ends(dates):
    return dates[dates.dt.day >= 30]

# %% test month 2
dates = pd.Series(pd.to_datetime(["2024-02-29", "2023-12-30", "2024-01-31"]))
ends = month_ends(dates)
assert list(ends.index) == [0, 2]
assert ends.iloc[0] == pd.Timestamp(2024, 2, 29)
assert str(ends.dtype).startswith("datetime64")

# %% answer resample
def weekly(df):
    return df.set_index("day")["value"].resample("W").sum()

# %% wrong
def weekly(df):
    return df["value"]

# %% subtle
def weekly(df):
    return df.set_index("day")["value"].resample("W").mean()

# %% test resample 2
df = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=14), "value": range(14)})
w = weekly(df)
assert w.tolist() == [21, 70]
assert w.index[0] == pd.Timestamp("2024-01-07")

# %% answer bins
def age_groups(ages):
    return pd.cut(ages, bins=[0, 18, 65, 120], labels=["child", "adult", "senior"], right=False)

# %% wrong
def age_groups(ages):
    return ages

# %% subtle
def age_groups(ages):
    return pd.cut(ages, bins=[0, 18, 65, 120], labels=["child", "adult", "senior"])

# %% test bins 2
groups = age_groups(pd.Series([5, 18, 64, 65, 80]))
assert groups.tolist() == ["child", "adult", "adult", "senior", "senior"]
assert isinstance(groups.dtype, pd.CategoricalDtype)
assert groups.value_counts()["adult"] == 2
assert list(groups.cat.categories) == ["child", "adult", "senior"]

# %% answer index
long = raw.melt(id_vars="name", value_vars=["age", "score"])
first = long.iloc[0]
index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["letter", "number"])
table = pd.Series(range(4), index=index)

# %% wrong
long = first = index = table = None

# %% subtle
long = raw.melt(id_vars="name")
first = long.iloc[0]
index = pd.Index([("a", 1), ("a", 2), ("b", 1), ("b", 2)])
table = pd.Series(range(4), index=index)

# %% test index 2
assert long.shape == (10, 3)
assert first["variable"] == "age"
assert table["b", 1] == 2
assert table.unstack().shape == (2, 2)
assert table.index.names == ["letter", "number"]
