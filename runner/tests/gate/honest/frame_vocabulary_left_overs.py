import pandas as pd

def strategy(data):
    close = data.get('etl:adj_close')
    last = close.tail(60).copy()
    info = last.agg(['min', 'max', 'mean', 'std']).T.assign(spread=lambda t: t['max'] / t['min'] - 1)
    info = info.astype({'mean': 'float32'}).round({'spread': 3, 'std': 2}).add_suffix('_60d').rename(columns=str.upper)
    info.insert(0, 'RANK', info['SPREAD_60D'].rank(ascending=False, method='first').astype('Int64'))
    print(info.nsmallest(3, 'RANK').to_dict('records')[0], info.dtypes.value_counts().to_dict())
    print(info.sample(2, random_state=1).index.tolist(), info.memory_usage(deep=False).sum() > 0, info.ndim, info.size)
    info.info(verbose=False)
    joined = info.join(close.iloc[-1].rename('LAST')).filter(regex='^(LAST|RANK)').sort_values('RANK').reset_index(drop=False)
    print(joined.head(2).values.tolist(), joined.columns.tolist(), joined.isna().any().any(), joined.equals(joined.copy()))
    exploded = pd.DataFrame({'k': ['a', 'b'], 'v': [[1, 2], [3]]}).explode('v').set_index('k', append=True).reset_index(level=0, drop=True)
    print(exploded.T.to_string(), exploded.squeeze().tolist(), pd.concat([exploded, exploded], ignore_index=True).drop_duplicates().shape)
    lower, upper = last.quantile([0.2, 0.8]).to_numpy()
    inside = (last.ge(lower) & last.le(upper)).mean().ge(0.3)
    compared = last.iloc[[0]].compare(last.iloc[[1]].set_axis(last.index[:1])).shape
    print(compared, inside.value_counts().to_dict(), last.corrwith(last.mean(axis=1)).idxmax(), last.mode().shape, last.pipe(len))
    best = last.columns[inside.to_numpy()]
    pos = close.reindex(columns=best).gt(close[best].rolling(20).median())
    return pos.mask(close[best].isna(), False)
