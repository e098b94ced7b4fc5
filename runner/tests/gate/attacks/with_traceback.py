# rule: attribute-not-allowed
try:
    position = 1
except Exception as e:
    raise e.with_traceback(None)
