def iterate(frame):
    # pandas < 2 has iteritems, newer ones have items
    for name, column in frame.items():
        yield name, column

def strategy(data):
    close = data.get('price:收盤價')
    chosen = {}
    for name, column in iterate(close):
        column = column.dropna()
        if len(column) < 60:
            continue
        slope, intercept = np.polyfit(np.arange(60), column.values[-60:], 1)
        chosen[name] = slope / column.iloc[-1]
    table = pd.DataFrame.from_dict(chosen, orient='index', columns=['slope'])
    table = table.sort_values(by='slope', ascending=False, na_position='last')
    print(table.head())
    names = table.index[:12].tolist()
    position = pd.DataFrame(0, index=close.index, columns=close.columns)
    position[names] = 1
    position.iloc[:60, :] = 0
    return position
