def strategy(data):
    close = data.get('price:收盤價')
    cap = np.log(data.get('etl:market_value'))
    mom = close.pct_change(60)
    residual = pd.DataFrame(np.nan, index=close.index, columns=close.columns)
    for i in range(60, len(close), 5):
        y = mom.iloc[i].to_numpy(dtype=float)
        x = cap.iloc[i].to_numpy(dtype=float)
        mask = np.isfinite(y) & np.isfinite(x)
        if mask.sum() < 10:
            continue
        A = np.column_stack([np.ones(mask.sum()), x[mask]])
        coef, *_rest = np.linalg.lstsq(A, y[mask], rcond=None)
        out = np.full_like(y, np.nan)
        out[mask] = y[mask] - A @ coef
        residual.iloc[i] = out
    return residual.ffill(limit=5).rank(axis=1, ascending=False) <= 10
