# rule: attribute-not-allowed
try:
    position = 1
except Exception as e:
    position = e.__context__.__traceback__
