package main

import (
	"fmt"
	"sync"
)

// Empty goroutines: one after another, each closes a channel that is waited for; and in a batch
// that ends with a WaitGroup.
func spawnBench() {
	single := nanosPerOperation(1000, func(n int) {
		for i := 0; i < n; i++ {
			done := make(chan struct{})
			go func() { close(done) }()
			<-done
		}
	})
	batch := nanosPerOperation(number("BENCH_COUNT", 100000), func(n int) {
		var group sync.WaitGroup
		group.Add(n)
		for i := 0; i < n; i++ {
			go group.Done()
		}
		group.Wait()
	})
	fmt.Printf("RESULT single_ns=%.3f batch_ns=%.3f\n", single, batch)
}
