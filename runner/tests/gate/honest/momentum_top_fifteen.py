# 動量策略：買進過去半年漲幅最大的十五檔股票
def strategy(data):
    close = data.get('price:收盤價')
    momentum = close.pct_change(120)
    rank = momentum.rank(axis=1, ascending=False)
    return rank <= 15
