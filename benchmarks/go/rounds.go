package main

import (
	"sort"
	"time"
)

// Nanoseconds for one operation: runs batches in rounds of BENCH_ROUND_MS, ignores the first
// BENCH_WARMUP rounds, and returns the median of the next BENCH_ROUNDS.
func nanosPerOperation(operations int, batch func(n int)) float64 {
	length := time.Duration(number("BENCH_ROUND_MS", 250)) * time.Millisecond
	warmup := number("BENCH_WARMUP", 8)
	counted := number("BENCH_ROUNDS", 4)
	var results []float64
	for round := 0; round < warmup+counted; round++ {
		done := 0
		start := time.Now()
		elapsed := time.Duration(0)
		for elapsed < length {
			batch(operations)
			done += operations
			elapsed = time.Since(start)
		}
		if round >= warmup {
			results = append(results, float64(elapsed.Nanoseconds())/float64(done))
		}
	}
	sort.Float64s(results)
	return (results[(len(results)-1)/2] + results[len(results)/2]) / 2
}
