# rule: import-not-allowed
import encodings.idna
position = 1
