import pandas as pd
from datetime import datetime, timedelta, date

def strategy(data):
    close = data.get('price:收盤價')
    s = pd.Series(close.index, index=close.index)
    table = pd.DataFrame({
        'y': s.dt.year, 'q': s.dt.quarter, 'm': s.dt.month, 'd': s.dt.day, 'wd': s.dt.weekday,
        'name': s.dt.day_name(), 'dim': s.dt.days_in_month, 'doy': s.dt.dayofyear,
        'ms': s.dt.is_month_start, 'me': s.dt.is_month_end, 'qe': s.dt.is_quarter_end, 'leap': s.dt.is_leap_year,
        'week': s.dt.isocalendar().week, 'text': s.dt.strftime('%Y-%m'), 'norm': s.dt.normalize(),
        'floor': s.dt.floor('7D'), 'p': s.dt.to_period('Q').astype(str),
    })
    print(table.iloc[[0, -1]].T.to_string())
    local = s.dt.tz_localize('Asia/Taipei').dt.tz_convert('UTC').dt.hour
    print(local.iloc[0], datetime(2024, 1, 31) + timedelta(days=1), date.fromisoformat('2023-02-28').isoformat())
    since = (pd.Timestamp('2030-01-01') - s).dt.days
    second_half = (s.dt.day > 15) & since.gt(0)
    end_of_month = s.groupby([s.dt.year, s.dt.month]).transform('max').eq(s)
    trend = close > close.ewm(span=40).mean()
    return trend.mul(second_half | end_of_month, axis=0).astype(bool)
