import pandas as pd

def strategy(data):
    adj_close = data.get('etl:adj_close')
    monthly_close = adj_close.resample('ME').last()
    monthly_return_12_1 = monthly_close.shift(1) / monthly_close.shift(12) - 1
    winners = monthly_return_12_1.rank(axis=1, ascending=False) <= 20
    position = winners.reindex(adj_close.index, method='ffill')
    return position.fillna(False).astype(bool)
