# rule: statement-not-allowed
async def f():
    return 1
position = f().cr_frame
