# rule: call-not-allowed
p = pd.pivot_table
position = p(data.get('price:收盤價'), aggfunc='to_csv')
