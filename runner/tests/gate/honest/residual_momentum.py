import numpy as np
import pandas as pd

close = data.get('etl:adj_close')
ret = close.pct_change()
mkt = ret.mean(axis=1)
window = 120
cov = ret.rolling(window).cov(mkt)
var = mkt.rolling(window).var()
beta = cov.div(var, axis=0)
residual = ret.sub(beta.mul(mkt, axis=0))
score = residual.rolling(window).mean() / residual.rolling(window).std()
position = score.rank(axis=1, pct=True) > 0.97
report = sim(position, resample='M', tax_ratio=tax_ratio)
