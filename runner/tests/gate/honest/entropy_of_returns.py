import math
from collections import Counter

def entropy(signs):
    words = [tuple(signs[i:i + 3]) for i in range(len(signs) - 2)]
    n = len(words)
    if n == 0:
        return 0.0
    return -sum(c / n * math.log2(c / n) for c in Counter(words).values())

def strategy(data):
    close = data.get('etl:adj_close')
    sign = np.sign(close.pct_change(fill_method=None)).fillna(0).astype(int)
    monthly = {}
    for (year, month), block in sign.groupby([sign.index.year, sign.index.month]):
        monthly[block.index[-1]] = {s: entropy(block[s].tolist()) for s in block.columns}
    table = pd.DataFrame.from_dict(monthly, orient='index').sort_index()
    low = table.rank(axis=1, method='first') <= 12
    print(table.describe().loc[['mean', 'std']].mean(axis=1).to_dict())
    return low
