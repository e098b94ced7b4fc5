def strategy(data):
    ret = data.get('etl:adj_close').pct_change(fill_method=None)
    skew = ret.rolling(60).skew()
    kurt = ret.rolling(60).kurt()
    q_skew = skew.quantile(0.3, axis=1)
    q_kurt = kurt.quantile(0.7, axis=1)
    cond = skew.lt(q_skew, axis=0) & kurt.lt(q_kurt, axis=0)
    cond.columns.name = None
    cond.index.name = 'date'
    return cond
