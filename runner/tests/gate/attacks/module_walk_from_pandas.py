# rule: attribute-not-allowed
position = pd.io.common.os.environ
