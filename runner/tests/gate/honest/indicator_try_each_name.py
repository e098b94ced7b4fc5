def try_indicator(data, name, **kwargs):
    try:
        result = data.indicator(name, **kwargs)
    except Exception as e:
        print('indicator', name, 'failed:', repr(e)[:80])
        return None
    if isinstance(result, tuple):
        result = result[0]
    return result

def strategy(data):
    available = {}
    for name, kwargs in (('RSI', {'timeperiod': 10}), ('SMA', {'timeperiod': 30}), ('NOT_A_REAL_ONE', {}), ('BBANDS', {})):
        value = try_indicator(data, name, **kwargs)
        if value is not None:
            available[name] = value
    print(sorted(available))
    rsi = available.get('RSI')
    if rsi is None:
        return data.get('price:收盤價').pct_change(20) > 0
    return rsi.between(50, 70) if hasattr(rsi, 'between') else (rsi >= 50) & (rsi <= 70)
