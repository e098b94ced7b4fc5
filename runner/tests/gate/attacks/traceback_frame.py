# rule: attribute-not-allowed
try:
    position = 1 / 0
except ZeroDivisionError as e:
    position = e.__traceback__.tb_frame
