import time
import calendar
from datetime import datetime, timedelta
from time import perf_counter, sleep

t0 = perf_counter()
print('run at', time.strftime('%Y-%m-%d %H:%M:%S'), time.localtime().tm_year, time.gmtime(0).tm_yday)
print(datetime.now().strftime('%A %d %B %Y'), datetime.strptime('2024-02-29', '%Y-%m-%d') + timedelta(weeks=1))

def third_wednesday(year, month):
    """台指期結算日: 每月第三個星期三"""
    weeks = calendar.monthcalendar(year, month)
    wednesdays = [w[calendar.WEDNESDAY] for w in weeks if w[calendar.WEDNESDAY] != 0]
    return datetime(year, month, wednesdays[2])

def strategy(data):
    sleep(0.01)
    close = data.get('price:收盤價')
    years = sorted(set(close.index.year))
    settlement = [third_wednesday(y, m) for y in years for m in range(1, 13)]
    days = pd.DatetimeIndex(settlement)
    print(calendar.month_name[1], calendar.isleap(years[0]), calendar.monthrange(years[0], 2)[1], len(days))
    distance = np.abs(close.index.values[:, None] - days.values[None, :]).min(axis=1).astype('timedelta64[D]').astype(int)
    near = pd.Series(distance <= 3, index=close.index)
    print(f'{near.mean():.1%} of days near settlement, {perf_counter() - t0 < 100}')
    return close.pct_change(5).rank(axis=1).le(10).mul(near, axis=0).astype(bool)
