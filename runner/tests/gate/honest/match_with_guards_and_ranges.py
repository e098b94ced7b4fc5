def weight_for(regime, breadth):
    match regime, breadth:
        case 'bull', b if b > 0.7:
            return 1.0
        case 'bull', _:
            return 0.8
        case ('bear' | 'crash'), b if b < 0.2:
            return 0.0
        case 'bear', _:
            return 0.3
        case other:
            return 0.5


def strategy(data):
    close = data.get('price:收盤價')
    index = close.mean(axis=1)
    ma = index.rolling(120, min_periods=1).mean()
    breadth = (close > close.rolling(60, min_periods=1).mean()).mean(axis=1)
    regimes = np.select([index > ma * 1.02, index < ma * 0.9, index < ma * 0.98], ['bull', 'crash', 'bear'], default='flat')
    exposure = pd.Series([weight_for(str(r), float(b)) for r, b in zip(regimes, breadth)], index=close.index)
    picks = close.pct_change(60).rank(axis=1, ascending=False) <= 10
    return picks.astype(float).mul(exposure, axis=0) / 10
