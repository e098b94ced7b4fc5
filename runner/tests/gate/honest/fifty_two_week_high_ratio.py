high_52w = data.get('etl:adj_close').rolling(250, min_periods=120).max()
ratio = data.get('etl:adj_close') / high_52w
liquidity = data.get('price:成交金額').rolling(20).median()
liquid_enough = liquidity.ge(liquidity.quantile(.3, axis=1), axis=0)
position = (ratio[liquid_enough] > 0.9)
position = position & ratio.rank(axis=1, ascending=False).le(15)
position = position.astype(int).replace({0: False, 1: True}).astype(bool)
report = sim(position, 'M')
