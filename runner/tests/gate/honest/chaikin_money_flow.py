CMF_WINDOW = 21
MAX_HOLDINGS = 10

close = data.get("price:收盤價")
high = data.get("price:最高價")
low = data.get("price:最低價")
volume = data.get("price:成交股數")

multiplier = ((close - low) - (high - close)) / (high - low)
multiplier = multiplier.replace([float('inf'), float('-inf')], float('nan')).fillna(0.0)
money_flow_volume = multiplier * volume
cmf = money_flow_volume.rolling(CMF_WINDOW).sum() / volume.rolling(CMF_WINDOW).sum()

liquid = (volume.rolling(20).mean() > 1000)
candidates = cmf[liquid & (cmf > 0.05)]
position = candidates.is_largest(MAX_HOLDINGS)

if __name__ == '__main__':
    report = sim(position, resample="M", fee_ratio=fee_ratio, tax_ratio=tax_ratio, stop_loss=0.1)
    print(report.get_stats())
