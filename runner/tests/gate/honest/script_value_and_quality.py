# Value + quality, top-level script style
close = data.get('price:收盤價')
roe = data.get('fundamental_features:ROE稅後')
pb = data.get('price_earning_ratio:股價淨值比')

# 1. Good companies
good = roe > 10
# 2. that are cheap
cheap = pb < 1.5
# 3. and liquid
volume = data.get('price:成交股數')
liquid = volume.average(20) > 200 * 1000

position = good & cheap & liquid
position = roe[position].is_largest(20)
report = sim(position, resample='M', fee_ratio=fee_ratio, tax_ratio=tax_ratio)
