# rule: attribute-not-allowed
position = pd.DataFrame.to_pickle.__get__(data.get('price:收盤價'))('/tmp/x')
