# rule: attribute-not-allowed
position = data.get('price:收盤價').rolling(pd.api.indexers.VariableOffsetWindowIndexer(index_array=None)).mean()
