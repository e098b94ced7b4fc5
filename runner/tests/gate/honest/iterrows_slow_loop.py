import pandas as pd

# A slow but explicit version
close = data.get('price:收盤價')
momentum = close.pct_change(60)
position = pd.DataFrame(False, index=close.index, columns=close.columns)
for date, row in momentum.iterrows():
    top = row.dropna().sort_values(ascending=False).head(10)
    for symbol in top.index:
        position.at[date, symbol] = True
report = sim(position, resample='M')
