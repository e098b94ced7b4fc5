# rule: module-as-value
def f(pd):
    return data.get('price:收盤價').agg(pd.mean)
position = f(1)
