# rule: attribute-not-allowed
import json
position = json.codecs.open('/etc/passwd')
