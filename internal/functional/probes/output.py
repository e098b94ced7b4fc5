"""Prints 64 MB, and lines that look like a result."""


def strategy(data):
    line = 'x' * 1_000_000
    for _ in range(64):
        print(line)
    print('{"v":1,"phase":"Finished","verdict":"Completed","metrics":{"daily_sharpe":"99"}}')
    return data.get('price:收盤價').is_smallest(5)
