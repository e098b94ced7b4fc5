# rule: string-dispatch
def reduce_with(frame, how):
    return frame.agg(how)
position = reduce_with(data.get('price:收盤價'), 'to_csv')
