# rule: name-not-allowed
position = __import__('os').environ
