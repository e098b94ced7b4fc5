# rule: import-not-allowed
from operator import methodcaller
position = methodcaller('to_csv', '/tmp/x')(data.get('price:收盤價'))
