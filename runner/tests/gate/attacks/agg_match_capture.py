# rule: string-dispatch
match 'to_csv':
    case how:
        position = data.get('price:收盤價').agg(how)
