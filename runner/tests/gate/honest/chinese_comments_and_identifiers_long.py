# 策略說明：
# 1. 以本益比、殖利率、ROE 進行綜合排名
# 2. 每月調整一次部位，最多持有 12 檔
本益比 = data.get('price_earning_ratio:本益比')
殖利率 = data.get('price_earning_ratio:殖利率(%)')
股東權益報酬率 = data.get('fundamental_features:ROE稅後')


def 排名(表, 由小到大=True):
    """回傳每日橫斷面百分比排名"""
    return 表.rank(axis=1, pct=True, ascending=由小到大)


綜合分數 = 排名(本益比, False) * 0.4 + 排名(殖利率) * 0.3 + 排名(股東權益報酬率) * 0.3
# 只保留有成交的股票
有成交 = data.get('price:成交股數') > 0
position = 綜合分數[有成交].is_largest(12)
report = sim(position, resample='M', stop_loss=0.1)
