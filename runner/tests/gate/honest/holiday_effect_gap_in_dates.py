import pandas as pd
import numpy as np

def strategy(data):
    close = data.get('price:收盤價')
    dates = close.index.to_series()
    gap_after = dates.diff().shift(-1).dt.days.fillna(1)
    before_long_break = (gap_after >= 4).to_numpy()
    n = np.flatnonzero(before_long_break)
    print(f'{len(n)} long breaks, e.g. {[str(d.date()) for d in close.index[n[:3]]]}')
    strong = close.is_largest(30)
    mask = np.zeros(len(close), dtype=bool)
    for i in n:
        mask[max(0, i - 3):i + 1] = True
    in_window = pd.DataFrame(np.repeat(mask[:, np.newaxis], close.shape[1], axis=1), close.index, close.columns)
    return in_window & strong
