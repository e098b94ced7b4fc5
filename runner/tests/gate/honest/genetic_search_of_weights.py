import random
import numpy as np

POPULATION = 12
GENERATIONS = 4
MUTATION = 0.2

def random_genes(n):
    return [random.random() for _ in range(n)]

def crossover(a, b):
    point = random.randrange(1, len(a))
    return a[:point] + b[point:]

def mutate(genes):
    return [random.random() if random.random() < MUTATION else g for g in genes]

def strategy(data):
    random.seed(20240101)
    adj = data.get('etl:adj_close')
    factors = [
        adj.pct_change(20).rank(axis=1, pct=True),
        -adj.pct_change().rolling(20).std().rank(axis=1, pct=True),
        data.get('fundamental_features:ROE稅後').rank(axis=1, pct=True),
    ]
    future = adj.pct_change().shift(-1)
    cut = len(adj) // 3

    def fitness(genes):
        score = sum(g * f for g, f in zip(genes, factors)).iloc[60:cut:10]
        top = score.rank(axis=1, ascending=False) <= 10
        return float(np.nanmean(future.iloc[60:cut:10].where(top).mean(axis=1)))

    population = [random_genes(len(factors)) for _ in range(POPULATION)]
    for generation in range(GENERATIONS):
        scored = sorted(population, key=fitness, reverse=True)
        elite, *rest = scored
        parents = scored[:POPULATION // 3]
        population = [elite] + [mutate(crossover(*random.sample(parents, 2))) for _ in range(POPULATION - 1)]
        print(f'generation {generation}: {fitness(elite):.6f} {[round(g, 2) for g in elite]}')
    final = sum(g * f for g, f in zip(elite, factors))
    position = final.is_largest(10) if hasattr(final, 'is_largest') else final.rank(axis=1, ascending=False) <= 10
    return position
