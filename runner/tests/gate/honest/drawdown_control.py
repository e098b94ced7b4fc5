def strategy(data):
    close = data.get('etl:adj_close')
    peak = close.cummax()
    drawdown = close / peak - 1
    recovering = (drawdown > -0.1) & (drawdown.rolling(120).min() < -0.25)
    quality = data.get('fundamental_features:營業利益率') > 5
    return recovering & quality
