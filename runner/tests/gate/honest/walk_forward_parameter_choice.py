import numpy as np
import pandas as pd

def backtest(position, ret):
    """Equal weight daily return of a boolean table, costs ignored."""
    weight = position.div(position.sum(axis=1).replace(0, np.nan), axis=0).fillna(0)
    return (weight.shift(1) * ret).sum(axis=1)

def strategy(data):
    close = data.get('etl:adj_close')
    ret = close.pct_change().fillna(0)
    windows = [20, 40, 60]
    candidates = {w: close.pct_change(w).rank(axis=1, ascending=False) <= 10 for w in windows}
    daily = pd.concat({w: backtest(p, ret) for w, p in candidates.items()}, axis=1)
    trailing = daily.rolling(120).mean() / daily.rolling(120).std()
    choice = trailing.iloc[::60].dropna().idxmax(axis=1).reindex(close.index).ffill()
    position = pd.DataFrame(False, index=close.index, columns=close.columns)
    for w in windows:
        rows = choice[choice == w].index
        position.loc[rows] = candidates[w].loc[rows]
    print(choice.value_counts(dropna=False).to_dict())
    return position
