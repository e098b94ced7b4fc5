# rule: statement-not-allowed
async def f():
    yield 1
position = f().ag_frame
