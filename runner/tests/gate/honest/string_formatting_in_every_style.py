close = data.get('price:收盤價')
n_days, n_stocks = close.shape
first_day, last_day = close.index[0], close.index[-1]

print("days: %d, stocks: %s" % (n_days, n_stocks))
print("range: {} ~ {}".format(first_day.strftime('%Y/%m/%d'), last_day.strftime('%Y/%m/%d')))
print("mean close: {mean:.2f} (std {std:.2f})".format(mean=close.iloc[-1].mean(), std=close.iloc[-1].std()))
print(f"{'stock':>8}|{'last':^10}|{'change':<8}")
print('-' * 30)
for sym in close.columns[:3]:
    last = close[sym].dropna().iloc[-1]
    prev = close[sym].dropna().iloc[-2]
    print(f"{sym:>8}|{last:^10.2f}|{last / prev - 1:<+8.2%}")
print('=' * 30)
print(", ".join(map(str, close.columns[:5])))
print("multi\nline\ttab", end='\n\n')
print(repr('引號"\''), str(1.0), ascii('中文'), r'C:\raw\string', b'bytes'[0])
print("""
    Triple quoted text:
    trend following
""".strip().upper().title().center(40, '*'))
position = close.gt(close.shift(20)) & close.gt(close.shift(60))
