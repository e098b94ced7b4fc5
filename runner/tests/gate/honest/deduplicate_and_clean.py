import numpy as np
import pandas as pd

def clean(df):
    df = df[~df.index.duplicated(keep='last')].sort_index()
    df = df.loc[:, df.notna().sum() > 50]
    df = df.replace([np.inf, -np.inf], np.nan)
    return df.interpolate(limit=5).ffill(limit=10)

def strategy(data):
    close = clean(data.get('price:收盤價'))
    amount = clean(data.get('price:成交金額'))
    common = close.columns.intersection(amount.columns)
    close, amount = close[common], amount[common]
    illiquidity = (close.pct_change().abs() / amount.replace(0, np.nan)).rolling(60).mean()
    usable = amount.rolling(20).mean() > amount.rolling(20).mean().median(axis=1).mean() * 0.1
    return illiquidity[usable].rank(axis=1, ascending=False) <= 20
