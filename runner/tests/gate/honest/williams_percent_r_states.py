close = data.get('price:收盤價')
high = data.get('price:最高價')
low = data.get('price:最低價')

N = 14
highest_high = high.rolling(N).max()
lowest_low = low.rolling(N).min()
willr = -100.0 * (highest_high - close).div((highest_high - lowest_low).replace(0, np.nan))

# -1 : nothing, 0 : keep, 1 : hold
state = pd.DataFrame(np.nan, index=close.index, columns=close.columns)
state = state.mask(willr < -80, 1.0)
state = state.mask(willr > -20, 0.0)
state = state.ffill().fillna(0)

position = state.astype(bool)
position = position.loc[:, position.any()]
report = sim(position, resample='W', upload=False)
stats = report.get_stats()
for key, value in stats.items():
    print(f'{key:>15}: {value:,.4f}')
