package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

// Goroutines parked on a channel that nobody closes: bytes each.
func memoryBench() {
	count := number("BENCH_COUNT", 1000000)
	var started int64
	never := make(chan struct{})
	liveBefore, rssBefore := liveBytes(), residentBytes()
	for i := 0; i < count; i++ {
		go func() {
			atomic.AddInt64(&started, 1)
			<-never
		}()
	}
	for atomic.LoadInt64(&started) < int64(count) {
		runtime.Gosched()
	}
	liveAfter, rssAfter := liveBytes(), residentBytes()
	each := 1 / float64(count)
	fmt.Printf("RESULT live_bytes=%.1f rss_bytes=%.1f\n",
		(liveAfter-liveBefore)*each, (rssAfter-rssBefore)*each)
	runtime.KeepAlive(never)
}

// Bytes of heap objects and stacks in use, after a collection.
func liveBytes() float64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc + stats.StackInuse)
}
