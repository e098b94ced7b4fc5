# rule: import-not-allowed
import ｏｓ
position = ｏｓ.environ
