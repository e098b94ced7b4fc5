# rule: attribute-not-allowed
position = f"{data.__class__}"
