# rule: attribute-not-allowed
position = pd.io.pickle.read_pickle('/tmp/x')
