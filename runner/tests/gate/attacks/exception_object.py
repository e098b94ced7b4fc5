# rule: attribute-not-allowed
try:
    position = data.get
except AttributeError as e:
    position = e.obj
