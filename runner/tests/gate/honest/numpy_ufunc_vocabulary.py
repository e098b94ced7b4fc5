import numpy as np

def strategy(data):
    c = data.get('etl:adj_close').ffill().bfill().values
    v = data.get('price:成交股數').fillna(0).values
    a = np.sqrt(np.abs(np.sin(c)) + np.exp(-np.square(np.tanh(c / 100))))
    b = np.hypot(np.cbrt(v), np.log1p(v)) + np.expm1(np.clip(c / 1e4, 0, 1))
    d = np.where(np.logical_and(np.greater(a, 0.5), np.less_equal(b, b.mean())), np.sign(a), np.negative(b))
    e = np.maximum.accumulate(c, axis=0)
    f = np.minimum.reduce([a, b, d])
    g = np.add.reduceat(v[:, 0], np.arange(0, len(v), 20))
    h = np.multiply.outer(np.arange(3), np.arange(4)).ravel()
    k = np.floor_divide(v, 1000).astype(np.int64) % 7 | 1
    m = np.bitwise_and(k, 3) ^ np.left_shift(k, 1)
    q, rest = np.divmod(c, 10)
    i = np.rint(np.ceil(q) + np.floor(rest) + np.trunc(q) + np.fmod(c, 3) + np.remainder(c, 3))
    j = np.arctan2(a, b) + np.deg2rad(90) + np.degrees(0.1) + np.cosh(a / 10) + np.logaddexp(a, b) + np.heaviside(a, 1)
    print(f.shape, g[:3], h.sum(), m.max(), i.sum(), np.isfinite(j).all(), np.signbit(d).sum(), np.spacing(1.0))
    drawdown = c / e - 1
    frame = data.get('etl:adj_close')
    return pd.DataFrame(drawdown > -0.05, index=frame.index, columns=frame.columns)
