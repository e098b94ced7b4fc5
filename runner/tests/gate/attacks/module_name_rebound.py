# rule: module-as-value
from collections import namedtuple
np = namedtuple('np', ['mean'])('to_csv')
position = data.get('price:收盤價').agg(np.mean)
