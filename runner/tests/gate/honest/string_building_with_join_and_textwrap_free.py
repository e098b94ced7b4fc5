def describe(position):
    last = position.iloc[-1]
    held = last[last > 0].index if last.dtype != bool else last[last].index
    header = ' | '.join(['symbol'.ljust(8), 'weight'.rjust(8)])
    lines = [header, '-' * len(header)]
    for s in held[:5]:
        lines.append(f'{s:<8} | {float(last[s]):>8.2%}')
    lines.append(f'... and {max(len(held) - 5, 0)} more'.center(30, '='))
    return '\n'.join(lines)


def strategy(data):
    close = data.get('price:收盤價')
    position = close.pct_change(60).is_largest(10).astype(float) / 10
    print(describe(position))
    return position
