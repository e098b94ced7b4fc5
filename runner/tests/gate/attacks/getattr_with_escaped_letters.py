# rule: attribute-not-allowed
position = getattr(data, '\x5f\x5fclass\x5f\x5f')
