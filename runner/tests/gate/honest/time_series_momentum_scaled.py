import numpy as np
import pandas as pd

TARGET_VOL = 0.15

def annualised_vol(ret: pd.DataFrame, span: int = 60) -> pd.DataFrame:
    return ret.ewm(span=span, min_periods=20).std() * np.sqrt(252)

def strategy(data):
    close = data.get('etl:adj_close')
    ret = close.pct_change()
    lookbacks = (21, 63, 126)
    votes = sum((close > close.shift(k)).astype(float) for k in lookbacks) / len(lookbacks)
    vol = annualised_vol(ret)
    size = (TARGET_VOL / vol).clip(upper=2.0) * (votes > 0.5)
    gross = size.sum(axis=1)
    weights = size.div(gross.where(gross > 0), axis=0).fillna(0.0)
    assert (weights.to_numpy() >= 0).all(), 'weights must not be negative'
    return weights
