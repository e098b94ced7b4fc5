import numpy as np
import pandas as pd

GRID_STEP = 0.03
MAX_LEVELS = 5

def grid_weight(prices):
    weight = np.zeros(len(prices))
    anchor = None
    for i, p in enumerate(prices):
        if np.isnan(p):
            continue
        if anchor is None:
            anchor = p
        level = int((anchor - p) / (anchor * GRID_STEP))
        if level < -MAX_LEVELS or level > MAX_LEVELS:
            anchor = p
            level = 0
        weight[i] = max(0, level) / MAX_LEVELS
    return weight

def strategy(data):
    close = data.get('etl:adj_close')
    chosen = close.columns[:10]
    table = pd.DataFrame({s: grid_weight(close[s].values) for s in chosen}, index=close.index)
    return table / len(chosen)
