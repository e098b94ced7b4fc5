# Bad: never returns.
def strategy(data):
    while True:
        try:
            10 ** 10 ** 8
        except BaseException:
            continue
