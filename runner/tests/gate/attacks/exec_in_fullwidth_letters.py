# rule: name-not-allowed
𝐞𝐱𝐞𝐜('import os')
position = 1
