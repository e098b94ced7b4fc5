import numpy as np
import pandas as pd

def strategy(data):
    adj = data.get('etl:adj_close')
    market = adj.pct_change().mean(axis=1)
    vol20 = market.rolling(20).std()
    threshold = vol20.expanding(min_periods=60).quantile(0.75)
    calm = (vol20 <= threshold)
    state = calm.astype('category').cat.rename_categories({True: 'calm', False: 'stormy'})
    print(state.value_counts())
    transitions = pd.crosstab(state.shift().rename('from'), state.rename('to'), normalize='index')
    print(transitions)
    trend = adj > adj.rolling(100, min_periods=40).mean()
    reversion = adj.pct_change(5).rank(axis=1) <= 10
    position = trend.where(calm, reversion)
    return position.astype(bool)
