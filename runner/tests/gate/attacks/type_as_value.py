# rule: call-not-allowed
t = type
position = t('X', (), {})
