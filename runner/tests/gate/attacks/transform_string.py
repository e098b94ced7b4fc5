# rule: string-dispatch
position = data.get('price:收盤價').transform('to_clipboard')
