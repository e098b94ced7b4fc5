# 財報資料先轉成公告日，再與日資料運算
roe = data.get('fundamental_features:ROE稅後').deadline()
rev_yoy = data.get('monthly_revenue:去年同月增減(%)').index_str_to_date()
pb = data.get('price_earning_ratio:股價淨值比')
close = data.get('price:收盤價')

cond1 = roe.average(4) > 5
cond2 = rev_yoy > 0
cond3 = close > close.average(60)
cond4 = pb[cond1 & cond2 & cond3]

position = cond4.is_smallest(10)
report = sim(position, resample='Q', upload=False, name='ROE value', trade_at_price='open')
