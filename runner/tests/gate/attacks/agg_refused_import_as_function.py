# rule: import-not-allowed
from os import system as how
position = data.get('price:收盤價').agg(how)
