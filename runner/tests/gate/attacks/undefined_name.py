# rule: name-not-allowed
position = os.environ
