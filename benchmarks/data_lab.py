"""A lab of another subject, as public courses on data have them: tables with pandas, figures with Matplotlib."""

from benchmarks.made_lab import Exercise, MadeLab

NAME = "weather"

_TITLE = "# A year of weather\n\nFour stations, one row for each day. Replace each placeholder."
_IMPORTS = "import io\n\nimport matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd"
_DATA = """rng = np.random.default_rng(7)
days = pd.date_range("2025-01-01", "2025-12-31")
season = -10 * np.cos(2 * np.pi * (days.dayofyear - 20) / 365)
weather = pd.concat(
    pd.DataFrame({"day": days, "station": name, "degrees": mean + season + rng.normal(0, 3, len(days))})
    for name, mean in {"coast": 11.0, "hill": 6.0, "plain": 9.5, "town": 12.0}.items()
).reset_index(drop=True)
weather["rain"] = rng.gamma(0.4, 6.0, len(weather)).round(1)
weather.describe()"""
_TABLE = (
    'weather.pivot_table(index=weather["day"].dt.month, columns="station", values="degrees").style.format("{:.1f}")'
)
_YEAR = """fig, axes = plt.subplots(2, 2, figsize=(10, 6), sharex=True, sharey=True)
for ax, (name, rows) in zip(axes.flat, weather.groupby("station")):
    ax.plot(rows["day"], rows["degrees"], lw=0.5)
    ax.plot(rows["day"], rows["degrees"].rolling(30, center=True).mean())
    ax.set_title(name)
fig.autofmt_xdate()
plt.show()"""
_RAIN = """fig, ax = plt.subplots()
ax.hist([rows["rain"] for _, rows in weather.groupby("station")], bins=20, label=sorted(weather["station"].unique()))
ax.set_yscale("log")
ax.legend()
plt.show()"""

_SMALL = (
    'table = pd.DataFrame({"day": pd.to_datetime(["2025-01-30", "2025-01-31", "2025-02-01", "2025-02-02"]), '
    '"station": ["hill", "town", "hill", "town"], "degrees": [1.0, 4.0, 3.0, 8.0]})\n'
)

EXERCISES = (
    Exercise(
        "load",
        "text",
        'return pd.read_csv(io.StringIO(text), sep=";", parse_dates=["day"])',
        'return pd.read_csv(io.StringIO(text), sep=";")',
        'assert list(load("day;rain\\n2025-01-01;2.5\\n").columns) == ["day", "rain"]',
        'found = load("day;rain\\n2025-03-01;2.5\\n2025-03-02;0\\n")\n'
        'assert found["day"].dt.month.tolist() == [3, 3]\nassert found["rain"].sum() == 2.5',
    ),
    Exercise(
        "clean",
        "table",
        'table = table.drop_duplicates().dropna(subset=["station"])\n'
        'table["degrees"] = table.groupby("station")["degrees"].transform(lambda d: d.fillna(d.mean()))\nreturn table',
        'table = table.drop_duplicates().dropna(subset=["station"])\n'
        'table["degrees"] = table["degrees"].fillna(table["degrees"].mean())\nreturn table',
        f"{_SMALL}assert len(clean(pd.concat([table, table]))) == 4",
        'given = pd.DataFrame({"station": ["a", "a", "b", None], "degrees": [2.0, None, 6.0, 1.0]})\n'
        'before = given.copy()\nassert clean(given)["degrees"].tolist() == [2.0, 2.0, 6.0]\n'
        "pd.testing.assert_frame_equal(given, before)",
    ),
    Exercise(
        "monthly",
        "table",
        'return table.groupby([table["day"].dt.month, "station"])["degrees"].mean().unstack()',
        'return table.groupby([table["day"].dt.month, "station"])["degrees"].sum().unstack()',
        f'{_SMALL}assert monthly(table).loc[2, "town"] == 8.0',
        "found = monthly(weather)\nassert found.shape == (12, 4)\n"
        'june = weather[(weather["day"].dt.month == 6) & (weather["station"] == "coast")]\n'
        'assert np.isclose(found.loc[6, "coast"], june["degrees"].mean())',
    ),
    Exercise(
        "warmest",
        "table",
        'return table.loc[table["degrees"].idxmax(), "station"]',
        'return table["station"].max()',
        f'{_SMALL}assert warmest(table) == "town"',
        "shuffled = weather.sample(frac=1, random_state=3)\n"
        'assert warmest(shuffled) == weather.sort_values("degrees")["station"].iloc[-1]\n'
        f'{_SMALL}table.loc[0, "degrees"] = 30\nassert warmest(table) == "hill"',
    ),
    Exercise(
        "located",
        "table, places",
        'return table.merge(places, on="station", how="left")',
        'return table.merge(places, on="station")',
        f'{_SMALL}places = pd.DataFrame({{"station": ["hill", "town"], "height": [800, 200]}})\n'
        'assert located(table, places)["height"].tolist() == [800, 200, 800, 200]',
        f'{_SMALL}places = pd.DataFrame({{"station": ["hill"], "height": [800]}})\n'
        'assert located(table, places)["height"].isna().sum() == 2',
    ),
    Exercise(
        "anomaly",
        "table",
        'return table["degrees"] - table.groupby("station")["degrees"].transform("mean")',
        'return table["degrees"] - table["degrees"].mean()',
        f"{_SMALL}assert abs(anomaly(table).sum()) < 1e-9",
        "found = anomaly(weather)\nassert isinstance(found, pd.Series) and found.index.equals(weather.index)\n"
        'assert found.groupby(weather["station"]).mean().abs().max() < 1e-9',
    ),
    Exercise(
        "dry_spell",
        "rain",
        "longest = length = 0\nfor amount in rain:\n    length = length + 1 if amount == 0 else 0\n"
        "    longest = max(longest, length)\nreturn longest",
        "return sum(amount == 0 for amount in rain)",
        "assert dry_spell([0, 0, 1]) == 2",
        "drawn = np.random.default_rng(5).integers(0, 2, 60).tolist()\n"
        "wanted = max(len(run) for run in ''.join(map(str, drawn)).split('1'))\n"
        "assert dry_spell(drawn) == wanted\nassert dry_spell([]) == 0\nassert dry_spell([0, 1, 0]) == 1",
    ),
    Exercise(
        "plot_monthly",
        "table",
        "fig, ax = plt.subplots()\nfor name, column in monthly(table).items():\n"
        "    ax.plot(column.index, column, label=name)\n"
        'ax.set_xlabel("month")\nax.set_ylabel("°C")\nax.legend()\nreturn ax',
        "fig, ax = plt.subplots()\nax.plot(monthly(table).mean(axis=1))\nreturn ax",
        "ax = plot_monthly(weather)\nassert ax.get_xlabel() == 'month'",
        "assert len(ax.lines) == 4\nassert len(ax.lines[0].get_xdata()) == 12\n"
        "assert [text.get_text() for text in ax.get_legend().get_texts()] == sorted(weather['station'].unique())",
    ),
)

WEATHER = MadeLab(NAME, _TITLE, _IMPORTS, (_DATA,), (_TABLE, _YEAR, _RAIN), EXERCISES)
