// Package supervise answers: what did this strategy do, and what did it score? It is the engine of the runner: it
// starts Python, has it sealed, hands the code over, keeps the limits, scores the positions and gives the verdict.
// It refuses to know Kubernetes, and it believes nothing that the strategy's process says.
//
// The way of one attempt:
//
//	start ─► imports ─► data ─► seal, proof ─► source handed over ─► gate ─► strategy ─► result ─► death ─► score
//	└──────── trusted code only ─────────────┘ └───────────── untrusted from here on ─────────────┘
//
// The code is handed over after the seal and the gate runs sealed, so hostile bytes never meet an unsealed interpreter.
// The process is dead and the listener drained before anything is decided, so no denied call can come too late.
package supervise
