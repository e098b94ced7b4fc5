# rule: attribute-not-allowed
position = pd.api.extensions.take(np.arange(3), [10**9], allow_fill=True)
