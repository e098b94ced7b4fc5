// Package benchmark moves a Benchmark from its creation to its decision. It is a thin shell: what the samples say is decided
// by package overhead, what the sandbox promises by package functional, how the configuration is edited by package config;
// this package submits runs, reads what became of them, writes once for each pair and tells about the end.
//
//	created ──accept──► waits its turn ──► functional tests ──► warm-up ──► pairs ──► decided ──► applied
//	   │                     ▲                    │                           │
//	   └─► refused           └──── suspended ◄────┴───────────────────────────┘ (between pairs)
//
// A benchmark runs one StrategyRun at a time, and one benchmark runs in the cluster at a time: whatever ran beside it
// would be measured too. Every arrow can be told from the benchmark's status, its runs and the ConfigMap of its samples,
// so that a manager may die between any two writes. What makes this safe:
//
//   - The seed and the digests of the strategies are recorded before the first run is created.
//   - A run's name is a function of benchmark, pair and half. One that exists already and is controlled by this benchmark
//     is taken up, not created again. Before a run is created the benchmark is read from the API server, not from
//     the cache: one that has ended or was cancelled creates nothing.
//   - The samples are the memory: a pair is appended once, under the resource version that was read, before the
//     status counts it. What the status says is computed from the samples alone.
//   - The configuration is edited under the resource version that was read, and marked with the benchmark's UID, so that
//     a person's edit is never overwritten and a decision never applied twice.
//
// What a manager that dies takes with it is when a Pod was seen to go; such a half has no time of its end.
package benchmark
