# rule: statement-not-allowed
async def f():
    async with data as d:
        pass
position = 1
