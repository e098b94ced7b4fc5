def strategy(data):
    close = data.get('price:收盤價')
    try:
        foreign = data.get('institutional_investors_trading_summary:外陸資買賣超股數(不含外資自營商)')
    except KeyError as e:
        print(f"missing data: {e}")
        foreign = close * 0
    except Exception as e:
        print('unexpected', type(e).__name__, str(e))
        raise ValueError('cannot continue') from e
    else:
        foreign = foreign.fillna(0)
    finally:
        print('loaded')
    return (foreign.rolling(20).sum() > 0) & (close > close.rolling(60).mean())
