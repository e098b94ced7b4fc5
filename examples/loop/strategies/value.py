# Honest: cheap and profitable companies, rebalanced every quarter.
price_to_book = data.get('price_earning_ratio:股價淨值比')
roe = data.get('fundamental_features:ROE稅後')

score = price_to_book.rank(axis=1, pct=True, ascending=False) + roe.rank(axis=1, pct=True)
position = score.is_largest(20)

report = sim(position, resample='Q')
