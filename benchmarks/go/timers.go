package main

import (
	"fmt"
	"math/rand"
	"sort"
	"sync"
	"time"
)

// Goroutines that sleep for random times: how late they wake, and the CPU time of the process.
func timersBench() {
	count := number("BENCH_COUNT", 1000000)
	longest := time.Duration(number("BENCH_SLEEP_MS", 10000)) * time.Millisecond
	random := rand.New(rand.NewSource(42))
	late := make([]time.Duration, count)
	woken := make([]bool, count)
	var group sync.WaitGroup
	group.Add(count)
	for i := 0; i < count; i++ {
		i, delay := i, time.Duration(random.Int63n(int64(longest)))
		go func() {
			start := time.Now()
			time.Sleep(delay)
			late[i] = time.Since(start) - delay
			woken[i] = true
			group.Done()
		}()
	}
	group.Wait()
	cpu := cpuSeconds()
	early, lost := 0, 0
	for i := range late {
		if late[i] < 0 {
			early++
		}
		if !woken[i] {
			lost++
		}
	}
	sort.Slice(late, func(a, b int) bool { return late[a] < late[b] })
	fmt.Printf("RESULT cpu_s=%.2f p99_ms=%.3f worst_ms=%.3f early=%d lost=%d\n", cpu,
		late[count*99/100].Seconds()*1e3, late[count-1].Seconds()*1e3, early, lost)
}
