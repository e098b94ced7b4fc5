# rule: import-not-allowed
def strategy(data):
    import subprocess
    return subprocess.run(['id'])
