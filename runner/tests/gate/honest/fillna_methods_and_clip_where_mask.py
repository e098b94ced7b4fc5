def strategy(data):
    pe = data.get('price_earning_ratio:本益比')
    roe = data.get('fundamental_features:ROE稅後')
    pe = pe.mask(pe <= 0).clip(lower=1, upper=100)
    roe = roe.replace([np.inf, -np.inf], np.nan).ffill().bfill().fillna(0).clip(-50, 50)
    score = roe.sub(roe.mean(axis=1), axis=0).div(roe.std(axis=1).replace(0, np.nan), axis=0) - pe.sub(pe.mean(axis=1), axis='index').div(pe.std(axis=1), axis='index')
    score = score.where(score.abs() < 4, other=0.0)
    return score.gt(score.quantile(0.9, axis=1), axis=0)
