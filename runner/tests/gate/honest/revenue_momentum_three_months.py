# 月營收動能策略
# 條件: 1. 三個月平均營收創一年新高  2. 年增率 > 20%  3. 股價站上季線
rev = data.get('monthly_revenue:當月營收')
yoy = data.get('monthly_revenue:去年同月增減(%)')
close = data.get('price:收盤價')

rev_3m = rev.average(3)
rev_12m_max = rev_3m.rolling(12, min_periods=6).max()

cond_new_high = rev_3m >= rev_12m_max
cond_yoy = yoy > 20
cond_trend = close > close.average(60)
cond_volume = data.get('price:成交股數').average(5) > 200 * 1000

conditions = cond_new_high & cond_yoy & cond_trend & cond_volume
position = yoy[conditions].is_largest(10)
position = position.fillna(False)

report = sim(position, resample='M', name='月營收動能', upload=False, stop_loss=0.1, take_profit=0.5, position_limit=1 / 5)
