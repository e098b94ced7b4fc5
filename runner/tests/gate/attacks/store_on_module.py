# rule: attribute-store
pd.DataFrame.name = 'to_csv'
position = data.get('price:收盤價').agg(pd.DataFrame.name)
