# rule: call-not-allowed
f = data.get('price:收盤價').groupby(level=0).pct_change
position = f(fill_method='to_csv')
