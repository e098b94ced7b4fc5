# rule: string-dispatch
position = data.get('price:收盤價').agg([*params.get('hows', [])])
