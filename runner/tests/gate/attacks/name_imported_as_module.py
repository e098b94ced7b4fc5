# rule: module-as-value
import pandas as np
position = np.read_csv('/etc/passwd')
