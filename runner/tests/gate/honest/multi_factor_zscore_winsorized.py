import pandas as pd
import numpy as np

FACTORS = {
    'value': ('price_earning_ratio:股價淨值比', -1),
    'earnings': ('price_earning_ratio:本益比', -1),
    'yield': ('price_earning_ratio:殖利率(%)', 1),
    'quality': ('fundamental_features:ROE稅後', 1),
    'growth': ('fundamental_features:營收成長率', 1),
}
WEIGHTS = {'value': .25, 'earnings': .15, 'yield': .15, 'quality': .25, 'growth': .2}


def winsorize(df, lower=0.05, upper=0.95):
    lo = df.quantile(lower, axis=1)
    hi = df.quantile(upper, axis=1)
    return df.clip(lower=lo, upper=hi, axis=0)


def standardize(df):
    return df.sub(df.mean(axis=1), axis=0).div(df.std(axis=1).replace(0, np.nan), axis=0)


def build_score(data):
    total = None
    for name, (key, sign) in FACTORS.items():
        raw = data.get(key)
        z = standardize(winsorize(raw)) * sign * WEIGHTS[name]
        total = z if total is None else total.add(z, fill_value=0)
        print(f"factor={name:<10} coverage={raw.notna().mean().mean():.1%}")
    return total


def strategy(data):
    score = build_score(data)
    close = data.get('price:收盤價')
    score = score.where(close > 5)
    position = score.is_largest(20)
    return position
