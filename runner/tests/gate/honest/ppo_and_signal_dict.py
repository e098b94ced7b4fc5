def strategy(data):
    config = {
        'fast': 12,
        'slow': 26,
        'signal': 9,
        'top': 15,
        'min_price': 10.0,
        'weights': {'ppo': 0.7, 'volume': 0.3},
    }
    close = data.get('price:收盤價')
    volume = data.get('price:成交股數')
    ema_fast = close.ewm(span=config['fast'], min_periods=config['fast']).mean()
    ema_slow = close.ewm(span=config['slow'], min_periods=config['slow']).mean()
    ppo = (ema_fast - ema_slow) / ema_slow * 100
    hist = ppo - ppo.ewm(span=config.get('signal', 9)).mean()
    vol_ratio = volume / volume.rolling(60).mean()
    total = config['weights']['ppo'] * hist.rank(axis=1, pct=True)
    total = total + config['weights']['volume'] * vol_ratio.rank(axis=1, pct=True)
    total[close < config['min_price']] = np.nan
    position = total.rank(axis=1, ascending=False) <= config['top']
    return position
