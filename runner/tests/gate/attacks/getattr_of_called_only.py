# rule: call-not-allowed
position = getattr(data.get('price:收盤價'), 'agg')('to_csv')
