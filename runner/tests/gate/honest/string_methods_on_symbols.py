import pandas as pd

def strategy(data):
    close = data.get('price:收盤價')
    symbols = close.columns.to_series().astype(str)
    industry = symbols.str[:2]
    electronics = symbols.str.startswith(('23', '24', '30')) | symbols.str.contains('^6')
    groups = industry.map({'11': 'cement', '12': 'food', '28': 'finance'}).fillna('other')
    ret = close.pct_change(60)
    demeaned = ret.sub(ret.T.groupby(groups).transform('mean').T)
    demeaned.loc[:, ~electronics.values] = float('nan')
    return demeaned.rank(axis=1, ascending=False) <= 10
