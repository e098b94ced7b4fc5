import pandas as pd

MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

def strategy(data):
    adj = data.get('etl:adj_close')
    monthly = adj.resample('ME').last().pct_change(fill_method=None)
    long = monthly.mean(axis=1).rename('ret').to_frame()
    long['year'] = long.index.year
    long['month'] = long.index.month
    table = long.pivot_table(index='year', columns='month', values='ret', aggfunc='mean')
    table.columns = [MONTH_NAMES[m - 1] for m in table.columns]
    print(table.to_string(float_format=lambda v: f'{v:+.2%}', na_rep='-'))

    average = long.groupby('month')['ret'].mean()
    good_months = average[average > average.median()].index.tolist()
    in_season = adj.index.month.isin(good_months)
    position = adj.pct_change(60) > 0
    position.loc[~in_season] = False
    return position
