import warnings
import numpy as np
import pandas as pd

warnings.filterwarnings('ignore', category=RuntimeWarning)
warnings.filterwarnings("ignore", message=".*fragmented.*")
pd.options.mode.chained_assignment = None
pd.set_option('display.max_columns', None)
pd.set_option('display.width', 200, 'display.precision', 3)
pd.options.display.float_format = '{:,.3f}'.format
np.set_printoptions(precision=4, suppress=True, linewidth=120)
np.seterr(all='ignore')

def strategy(data):
    close = data.get('price:收盤價')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', category=pd.errors.PerformanceWarning)
        wide = pd.DataFrame(index=close.index)
        for s in close.columns:
            wide[s] = close[s] / close[s].rolling(20).mean() - 1
    with pd.option_context('display.max_rows', 6, 'display.max_columns', 4):
        print(wide)
    print(np.array([1 / 3, np.nan, 1e-9]), pd.get_option('display.width'))
    warnings.warn('this is only a note')
    return wide.rank(axis=1, pct=True) > 0.8
