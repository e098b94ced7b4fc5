"""Never ends, whatever is raised in it."""


def strategy(data):
    while True:
        try:
            1 / 0
        except BaseException:
            continue
