# rule: module-as-value
def strategy(data, m=pd):
    return m.read_csv('/etc/passwd')
