# rule: name-not-allowed
position = __loader__.load_module('os')
