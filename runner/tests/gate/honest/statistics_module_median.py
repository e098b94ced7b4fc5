import statistics
from datetime import datetime, timedelta

def strategy(data):
    close = data.get('price:收盤價')
    start = datetime.strptime('2015-01-01', '%Y-%m-%d')
    warmup = timedelta(days=90)
    close = close[close.index >= close.index[0] + warmup]
    last_prices = [float(p) for p in close.iloc[-1].dropna()]
    typical = statistics.median(last_prices) if last_prices else 0.0
    print('typical price', round(typical, 2), 'since', start.strftime('%Y/%m/%d'))
    affordable = close < max(typical, 1.0)
    return affordable & (close.pct_change(20) > 0.05)
