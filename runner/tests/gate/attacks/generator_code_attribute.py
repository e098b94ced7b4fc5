# rule: attribute-not-allowed
position = (x for x in [1]).gi_code.co_consts
