# rule: attribute-not-allowed
position = data._tables
