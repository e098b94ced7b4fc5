from datetime import datetime, timedelta
from pandas.tseries.offsets import BDay, MonthEnd


def strategy(data):
    close = data.get('price:收盤價')
    begin = close.index[0] + timedelta(days=90)
    cutoff = datetime(begin.year, begin.month, 1)
    shifted = close.index + BDay(2)
    month_ends = close.index + MonthEnd(0)
    near_end = (month_ends - close.index) <= pd.Timedelta(days=5)
    print(cutoff.isoformat(), shifted[0].date(), near_end.sum(), (close.index[-1] - begin) / pd.Timedelta('1D'))
    picks = close.pct_change(20).rank(axis=1) <= 10
    picks.loc[:cutoff] = False
    return picks.where(pd.Series(near_end, index=close.index), False)
