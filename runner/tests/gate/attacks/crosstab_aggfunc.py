# rule: string-dispatch
f = data.get('price:收盤價')
position = pd.crosstab(f['1101'], f['1102'], values=f['2330'], aggfunc='to_csv')
