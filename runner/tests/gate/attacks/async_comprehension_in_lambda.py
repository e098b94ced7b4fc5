# rule: statement-not-allowed
async def strategy(data):
    return [x async for x in data]
