# rule: attribute-not-allowed
position = np.vectorize(pd.read_csv)(['/etc/passwd'])
