import pandas as pd

def strategy(data):
    close = data.get('etl:adj_close')
    month = close.index.month
    # 避開五月到九月 (Sell in May)
    in_season = pd.Series((month >= 10) | (month <= 4), index=close.index)
    strong = close.pct_change(60).rank(axis=1, pct=True) > 0.9
    position = strong.mul(in_season, axis=0).astype(bool)
    return position
