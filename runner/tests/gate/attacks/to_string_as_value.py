# rule: call-not-allowed
write = data.get('price:收盤價').to_string
position = write('/tmp/out.txt')
