rev = data.get('monthly_revenue:當月營收')
yoy = data.get('monthly_revenue:去年同月增減(%)')
close = data.get('price:收盤價')
# 近三月平均營收 > 近十二月平均營收
rev_rising = rev.average(60) > rev.average(240)
cond = (yoy > 20) & rev_rising & (close > close.average(60))
position = yoy * cond
position = position[position > 0].is_largest(10)
report = sim(position, resample='M')
