# rule: call-not-allowed
position = getattr(*[(), '__class__'])
