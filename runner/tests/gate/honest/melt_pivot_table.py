import pandas as pd

close = data.get('price:收盤價')
weekly = close.resample('W-FRI').last().pct_change()
weekly.index.name = 'date'
weekly.columns.name = 'symbol'
tidy = weekly.reset_index().melt(id_vars='date', var_name='symbol', value_name='ret').dropna()
tidy['quarter'] = tidy['date'].dt.quarter
table = tidy.pivot_table(index='quarter', columns='symbol', values='ret', aggfunc='mean')
best = table.mean().nlargest(20).index.tolist()
position = pd.DataFrame(False, index=close.index, columns=close.columns)
position[best] = True
report = sim(position, resample='Q')
