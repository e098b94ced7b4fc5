# rule: import-not-allowed
import pickle
position = pickle.loads(b"cos\nsystem\n(S'id'\ntR.")
