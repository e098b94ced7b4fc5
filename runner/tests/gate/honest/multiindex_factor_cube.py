import pandas as pd
import numpy as np

idx = pd.IndexSlice
close = data.get('etl:adj_close')
cube = pd.concat(
    {
        ('momentum', 20): close.pct_change(20),
        ('momentum', 60): close.pct_change(60),
        ('risk', 20): -close.pct_change().rolling(20).std(),
        ('risk', 60): -close.pct_change().rolling(60).std(),
    },
    axis=1,
    names=['family', 'window', 'symbol'],
)
print(cube.columns.get_level_values('family').unique().tolist(), cube.columns.levels[1].tolist(), cube.columns.nlevels)
risk = cube.loc[:, idx['risk', :, :]].T.groupby(level='symbol').mean().T
momentum = cube['momentum'].T.groupby(level='symbol').mean().T
short = cube.xs(20, axis=1, level='window').swaplevel(axis=1).sort_index(axis=1)
print(short.shape, cube.columns.droplevel('window').duplicated().sum(), cube.stack(level='symbol', future_stack=True).shape)
z = lambda t: t.sub(t.mean(axis=1), axis=0).div(t.std(axis=1), axis=0)
total = z(momentum) + 0.5 * z(risk)
position = total[close.columns].rank(axis=1, ascending=False).le(10)
