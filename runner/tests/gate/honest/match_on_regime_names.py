def weights_for(regime):
    match regime:
        case 'bull':
            return {'momentum': 0.8, 'value': 0.2}
        case 'bear' | 'crisis':
            return {'momentum': 0.1, 'value': 0.9}
        case _:
            return {'momentum': 0.5, 'value': 0.5}


def strategy(data):
    adj = data.get('etl:adj_close')
    pb = data.get('price_earning_ratio:股價淨值比')
    market = adj.mean(axis=1)
    momentum = adj.pct_change(60).rank(axis=1, pct=True)
    value = (1 / pb).rank(axis=1, pct=True)
    trend = market.pct_change(60)
    total = momentum * np.nan
    for regime, days in {
        'bull': trend > 0.05,
        'bear': trend.between(-0.15, -0.02),
        'crisis': trend < -0.15,
        'flat': trend.abs() <= 0.05,
    }.items():
        w = weights_for(regime)
        print(f'{regime:>7}: {days.sum():>4} days {w}')
        blended = w['momentum'] * momentum + w['value'] * value
        total = total.where(~days, blended)
    return total.is_largest(10)
