def load_first(data, *keys):
    for key in keys:
        try:
            table = data.get(key)
            print(f'[OK] {key}')
            return table
        except Exception as exc:
            print(f'[--] {key}: {type(exc).__name__}')
    return None

def strategy(data):
    close = load_first(data, 'price:adj_close', 'etl:adj_close', 'price:收盤價')
    foreign = load_first(data, 'foreign:net_buy',
                         'institutional_investors_trading_summary:外資買賣超',
                         'institutional_investors_trading_summary:外陸資買賣超股數(不含外資自營商)')
    margin_loan = load_first(data, 'margin_transactions:融資今日餘額', '融資餘額')
    signal = close > close.rolling(60).mean()
    if foreign is not None:
        signal &= foreign.rolling(10).sum() > 0
    if margin_loan is not None:
        signal &= margin_loan.diff(5) < 0
    else:
        print('no margin data, skipped')
    return signal
