// Package strategyrun moves a StrategyRun from its creation to its verdict. It is a thin shell: what a Pod looks like is
// decided by podspec, why it ended by outcome, who is next by turns.go; this package reads, calls them, writes once
// and tells about it.
//
//	created ──accept──► queued ──turn──► Pod created ──► running ──► verdict recorded ──► Pod deleted ──ttl──► run deleted
//	   │                  ▲                                 │
//	   └─► NotAccepted    └────── suspended ◄───────────────┘ (its attempt ends as Suspended, the next has a new Pod)
//
// Every arrow is one write or none, and every state can be told from the run's status and the cluster's Pods alone, so
// that a manager may die between any two of them. What makes this safe:
//
//   - A Pod's name is a function of run and attempt, so an attempt has at most one Pod; one that exists already and is
//     controlled by this run is taken up, not created again.
//   - Before a Pod is created the run is read from the API server, not from the cache: a status that the cache has
//     not seen yet, perhaps one with a verdict, can never lead to a second execution.
//   - Every status write carries the resource version that was decided on. If somebody wrote in between, nothing
//     is written, and the event of that write brings the run back.
//   - Events, metrics and audit lines follow the status write they tell of. A manager that dies in between loses
//     them; the status never lies.
package strategyrun
