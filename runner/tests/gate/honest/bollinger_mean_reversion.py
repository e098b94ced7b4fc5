def strategy(data):
    close = data.get('etl:adj_close')
    n = 20
    k = 2.0
    middle = close.rolling(n).mean()
    sigma = close.rolling(n).std(ddof=0)
    upper_band, lower_band = middle + k * sigma, middle - k * sigma
    percent_b = (close - lower_band) / (upper_band - lower_band)
    bandwidth = (upper_band - lower_band) / middle
    squeeze = bandwidth < bandwidth.rolling(120).quantile(0.2)
    buy = (percent_b < 0.05) & ~squeeze
    return buy
