# rule: statement-not-allowed
async def f():
    return await data
position = f().cr_await
