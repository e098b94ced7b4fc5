# 排除法: 剔除不好的, 留下其餘
close = data.get('price:收盤價')
bad = (close < 10) | close.isna()
for key, op, threshold in [
    ('fundamental_features:ROE稅後', '<', 0),
    ('fundamental_features:營業利益率', '<', 0),
    ('price_earning_ratio:本益比', '>', 40),
    ('price_earning_ratio:股價淨值比', '>', 5),
]:
    table = data.get(key)
    flag = table < threshold if op == '<' else table > threshold
    bad = bad | flag
    print(f'{key} {op} {threshold}: {flag.iloc[-1].sum()} excluded today')
remaining = ~bad
position = remaining & (close > close.shift(60))
position = position.iloc[::5]
