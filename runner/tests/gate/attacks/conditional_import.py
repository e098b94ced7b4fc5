# rule: import-not-allowed
if params.get('x'):
    import socket
position = 1
