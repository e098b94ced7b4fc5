import numpy as np
import pandas as pd


def cross_sectional_zscore(df: pd.DataFrame) -> pd.DataFrame:
    """Standardise every row to zero mean and unit variance."""
    mean = df.mean(axis=1)
    std = df.std(axis=1)
    return df.sub(mean, axis=0).div(std.replace(0, np.nan), axis=0)


def winsorize(df, lower=0.01, upper=0.99):
    low = df.quantile(lower, axis=1)
    high = df.quantile(upper, axis=1)
    return df.clip(lower=low, upper=high, axis=0)


def strategy(data):
    pe = data.get('price_earning_ratio:本益比')
    margin = data.get('fundamental_features:營業利益率')
    score = cross_sectional_zscore(winsorize(margin)) - cross_sectional_zscore(winsorize(pe))
    threshold = score.quantile(0.95, axis=1)
    return score.ge(threshold, axis=0)
