# rule: attribute-not-allowed
from functools import partial
position = partial(pd.DataFrame.to_csv, data.get('price:收盤價'))('/tmp/x')
