# rule: statement-not-allowed
try:
    position = 1
except* ValueError as group:
    position = group.exceptions
