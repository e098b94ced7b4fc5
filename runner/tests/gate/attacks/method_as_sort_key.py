# rule: attribute-not-allowed
position = sorted([data.get('price:收盤價')], key=pd.DataFrame.to_csv)
