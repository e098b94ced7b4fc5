# rule: call-not-allowed
position = data.get('price:收盤價')
position.to_string('/tmp/out.txt')
