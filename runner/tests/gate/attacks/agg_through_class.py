# rule: string-dispatch
position = pd.DataFrame.agg(lambda: 0, '__globals__')
