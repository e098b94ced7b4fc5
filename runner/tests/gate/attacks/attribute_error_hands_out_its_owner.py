# rule: attribute-not-allowed
try:
    data.nothing
except AttributeError as error:
    position = error.obj
