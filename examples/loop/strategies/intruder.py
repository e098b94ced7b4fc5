# Bad: the gate rejects it.
import subprocess


def strategy(data):
    subprocess.run(['curl', 'http://203.0.113.1/'])
    return data.get('price:收盤價') > 100
