# rule: attribute-not-allowed
position = f"{1:{data.__class__}}"
