close = data.get('price:收盤價')
high_52 = close.rolling(250, min_periods=100).max()
near = (close / high_52) > 0.95
count = near.rolling(20).sum()
new_high_days = (close == high_52).rolling(60).sum().fillna(0)
score = count + new_high_days * 0.5
threshold = np.nanquantile(score.values, 0.9)
position = (score >= threshold) & (score.shift(1).fillna(0) >= threshold)
if not position.any().any():
    position = score.rank(axis=1, ascending=False, method='first') <= 10
