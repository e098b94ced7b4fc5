# rule: import-not-allowed
from json import JSONDecoder
position = JSONDecoder(object_hook=eval)
