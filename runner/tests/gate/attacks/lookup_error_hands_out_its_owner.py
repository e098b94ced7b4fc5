# rule: attribute-not-allowed
try:
    data.get(1)
except AttributeError as error:
    position = error.obj
