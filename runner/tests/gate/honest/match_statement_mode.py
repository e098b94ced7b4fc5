mode = params.get('mode', 'momentum')
close = data.get('price:收盤價')
match mode:
    case 'momentum' | 'trend':
        score = close.pct_change(120)
    case 'reversal':
        score = -close.pct_change(5)
    case other:
        print('unknown mode', other)
        score = close.pct_change(60)
position = score.is_largest(15)
