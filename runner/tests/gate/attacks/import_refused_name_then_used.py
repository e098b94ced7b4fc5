# rule: import-not-allowed
from os import environ as data_path
position = data_path['HOME']
