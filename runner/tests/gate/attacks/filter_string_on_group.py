# rule: string-dispatch
g = data.get('price:收盤價')['2330'].groupby(level=0)
position = g.filter('to_csv')
