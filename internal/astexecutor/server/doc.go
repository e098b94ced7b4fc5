// Package server is the executor: it takes AST-only attempts over HTTPS and executes each in a fresh process of its own,
// with the engine, gate, data and scoring of the runner, but without a Pod and without wall 2. It answers: what became of
// this attempt? It refuses to know Kubernetes, and it keeps nothing beyond its own life.
//
//	request ─► token ─► book: queue ─► process ─► record
//	                      ▲               │
//	       Wait, Cancel ──┘◄──────────────┘
package server
