# 全部使用中文變數名稱
收盤價 = data.get('price:收盤價')
成交量 = data.get('price:成交量')
本益比 = data.get('price_earning_ratio:本益比')

均線 = 收盤價.rolling(60).mean()
量能放大 = 成交量 > 成交量.rolling(20).mean() * 2
便宜 = (本益比 > 0) & (本益比 < 20)

def 選股(條件, 分數, 檔數=10):
    return 分數[條件].is_largest(檔數)

position = 選股((收盤價 > 均線) & 量能放大 & 便宜, 收盤價.pct_change(20))
report = sim(position, resample='W')
