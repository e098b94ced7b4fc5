"""Buys what rose most in half a year, in a function."""


def strategy(data):
    close = data.get('price:收盤價')
    return close.pct_change(120).rank(axis=1, ascending=False) <= 15
