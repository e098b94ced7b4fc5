# rule: attribute-not-allowed
position = data.get('price:收盤價').to_sql('t', 'sqlite:////tmp/x')
