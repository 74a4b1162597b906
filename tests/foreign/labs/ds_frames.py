"""pandas: selecting, grouping, merging, pivoting; DataFrames and Series as arguments and answers, assert_frame_equal."""

# %% lesson
import numpy as np
import pandas as pd

sales = pd.read_csv("sales.csv", parse_dates=["date"])
shops = pd.DataFrame({"shop": ["north", "south", "west"], "city": ["Oslo", "Rome", None]})

# %% answer total
revenue = (sales["price"] * sales["amount"]).sum()
by_shop = sales.assign(revenue=sales.price * sales.amount).groupby("shop")["revenue"].sum()

# %% wrong
revenue, by_shop = 0, None

# %% subtle
revenue = sales["price"].sum()
by_shop = sales.groupby("shop")["price"].sum()

# %% other
sales2 = sales.copy()
sales2["revenue"] = sales2["price"] * sales2["amount"]
revenue = sales2["revenue"].sum()
by_shop = sales2.groupby("shop").revenue.agg("sum")

# %% test total 2
assert np.isclose(revenue, 53.5)
assert isinstance(by_shop, pd.Series)
assert by_shop["north"] == 21.5
assert by_shop.index.tolist() == ["north", "south"]
assert list(sales.columns) == ["date", "shop", "item", "price", "amount"], "leave sales as it is"

# %% answer filter
def expensive(df, limit):
    return df[df["price"] > limit].sort_values("price", ascending=False).reset_index(drop=True)

# %% wrong
def expensive(df, limit):
    return df

# %% subtle
def expensive(df, limit):
    return df[df["price"] > limit].sort_values("price", ascending=False)

# %% other
def expensive(df, limit):
    return df.query("price > @limit").sort_values(by="price", ascending=False, ignore_index=True)

# %% test filter 2
result = expensive(sales, 2)
assert isinstance(result, pd.DataFrame)
assert result["item"].tolist() == ["cheese", "wine", "bread", "bread"]
expected = pd.DataFrame({"price": [9.0, 7.0]})
pd.testing.assert_frame_equal(expensive(pd.DataFrame({"price": [1.0, 7.0, 9.0]}), 2), expected)

# %% answer merge
def add_city(sales, shops):
    return sales.merge(shops, on="shop", how="left")

# %% wrong
def add_city(sales, shops):
    return sales

# %% subtle
def add_city(sales, shops):
    return sales.merge(shops, on="shop", how="outer")

# %% test merge 2
merged = add_city(sales, shops)
assert merged.shape == (6, 6)
assert set(merged.city) == {"Oslo", "Rome"}
extra = add_city(pd.DataFrame({"shop": ["east"], "n": [1]}), shops)
assert len(extra) == 1 and extra.city.isna().all()

# %% answer pivot
def pivot(df):
    return df.pivot_table(index="shop", columns="item", values="amount", aggfunc="sum", fill_value=0)

# %% wrong
def pivot(df):
    return df.T

# %% subtle
def pivot(df):
    return df.pivot_table(index="shop", columns="item", values="amount", aggfunc="mean", fill_value=0)

# %% other
def pivot(df):
    return df.groupby(["shop", "item"])["amount"].sum().unstack(fill_value=0)

# %% test pivot 2
table = pivot(sales)
assert table.loc["north", "bread"] == 5
assert table.loc["south", "cheese"] == 0
assert table.to_numpy().sum() == sales["amount"].sum()
assert table.columns.is_monotonic_increasing

# %% answer summary
summary = sales.groupby("item").agg(mean_price=("price", "mean"), sold=("amount", "sum")).sort_values("sold")

# %% wrong
summary = sales.describe()

# %% subtle
summary = sales.groupby("item").agg(mean_price=("price", "mean"), sold=("amount", "count")).sort_values("sold")

# %% test summary 2
assert list(summary.columns) == ["mean_price", "sold"]
assert summary.index.name == "item"
assert summary.loc["apple", "sold"] == 14
assert summary["sold"].iloc[-1] == summary["sold"].max()

# %% answer apply
def label(row):
    return "big" if row["amount"] >= 5 else "small"

sales["size"] = sales.apply(label, axis=1)

# %% wrong
def label(row):
    return ""

# %% subtle
def label(row):
    return "big" if row["amount"] > 5 else "small"

sales["size"] = sales.apply(label, axis=1)

# %% other
def label(row):
    return ["small", "big"][int(row["amount"] >= 5)]

sales["size"] = np.where(sales["amount"] >= 5, "big", "small")

# %% test apply 2
assert "size" in sales.columns
assert sales["size"].value_counts().to_dict() == {"small": 5, "big": 1}
assert label(pd.Series({"amount": 5})) == "big"
assert label({"amount": 1}) == "small"

# %% file sales.csv
#! date,shop,item,price,amount
#! 2024-01-01,north,bread,2.5,3
#! 2024-01-01,south,apple,0.5,10
#! 2024-01-02,north,cheese,9.0,1
#! 2024-01-02,south,wine,7.0,3
#! 2024-01-03,north,bread,2.5,2
#! 2024-01-08,south,apple,1.5,4
