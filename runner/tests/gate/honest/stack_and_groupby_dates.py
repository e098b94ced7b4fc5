import pandas as pd

def strategy(data):
    close = data.get('price:收盤價')
    pb = data.get('price_earning_ratio:股價淨值比')
    long_form = pd.concat(
        [close.pct_change(60).stack().rename('momentum'), pb.stack().rename('pb')], axis=1
    ).dropna()
    long_form['momentum_rank'] = long_form.groupby(level=0)['momentum'].rank(pct=True)
    long_form['value_rank'] = long_form.groupby(level=0)['pb'].rank(pct=True, ascending=False)
    long_form['score'] = long_form[['momentum_rank', 'value_rank']].mean(axis=1)
    score = long_form['score'].unstack()
    return score.rank(axis=1, ascending=False) <= 15
