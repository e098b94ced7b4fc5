"""Divides by nothing."""


def strategy(data):
    holdings = len(data.get('price:收盤價').columns) * 0
    return 1 / holdings
