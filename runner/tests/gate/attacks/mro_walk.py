# rule: attribute-not-allowed
position = int.mro()
