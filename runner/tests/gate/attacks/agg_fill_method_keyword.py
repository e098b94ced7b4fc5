# rule: string-dispatch
position = data.get('price:收盤價').pct_change(fill_method=str(1))
