# rule: string-dispatch
import json
position = data.get('price:收盤價').agg(json.loads('"to_csv"'))
