import numpy as np
import pandas as pd

def information_coefficient(factor, forward):
    a = factor.rank(axis=1)
    b = forward.rank(axis=1)
    return a.corrwith(b, axis=1)

def strategy(data):
    close = data.get('etl:adj_close')
    forward = close.pct_change(20).shift(-20)
    factors = [
        close.pct_change(60),
        -close.pct_change().rolling(60).std(),
        data.get('fundamental_features:營收成長率'),
    ]
    score = 0
    for factor in factors:
        # use only information that is at least 20 days old
        ic = information_coefficient(factor, forward).shift(21).rolling(120).mean().fillna(0)
        standardized = factor.sub(factor.mean(axis=1), axis=0).div(factor.std(axis=1), axis=0)
        score = score + standardized.mul(ic, axis=0)
    return score.rank(axis=1, ascending=False) <= 15
