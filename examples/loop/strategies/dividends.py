# Honest: high dividend yields among the large companies.
def strategy(data):
    size = data.get('etl:market_value').rank(axis=1, pct=True)
    dividends = data.get('price_earning_ratio:殖利率(%)')
    return dividends[size > 0.7].is_largest(30)
