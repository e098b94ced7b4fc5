# rule: attribute-not-allowed
position = data.get('price:收盤價')
position.to_csv('/tmp/out.csv')
