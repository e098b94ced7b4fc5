# rule: attribute-not-allowed
position = pd.__dict__['io']
