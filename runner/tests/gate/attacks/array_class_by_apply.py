# rule: call-not-allowed
position = data.get('price:收盤價').apply(np.ndarray)
