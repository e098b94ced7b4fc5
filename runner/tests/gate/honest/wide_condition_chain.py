close = data.get('price:收盤價')
volume = data.get('price:成交股數')
roe = data.get('fundamental_features:ROE稅後')
margin = data.get('fundamental_features:營業利益率')
growth = data.get('fundamental_features:營收成長率')
pe = data.get('price_earning_ratio:本益比')
pb = data.get('price_earning_ratio:股價淨值比')
dy = data.get('price_earning_ratio:殖利率(%)')
foreign = data.get('institutional_investors_trading_summary:外陸資買賣超股數(不含外資自營商)')

cond1 = close > close.average(20)
cond2 = close.average(20) > close.average(60)
cond3 = volume.average(5) > volume.average(20)
cond4 = roe > 5
cond5 = margin > 3
cond6 = growth > 0
cond7 = (pe > 0) & (pe < 30)
cond8 = pb < 5
cond9 = dy > 1
cond10 = foreign.rolling(5).sum() > 0

votes = (cond1 * 1 + cond2 * 1 + cond3 * 1 + cond4 * 1 + cond5 * 1
         + cond6 * 1 + cond7 * 1 + cond8 * 1 + cond9 * 1 + cond10 * 1)
position = (votes >= 7) & close.notna()
report = sim(position, resample='M', fee_ratio=fee_ratio, tax_ratio=tax_ratio, stop_loss=0.1)
