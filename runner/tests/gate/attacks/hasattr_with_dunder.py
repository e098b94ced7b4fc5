# rule: attribute-not-allowed
position = hasattr(data, '__globals__')
