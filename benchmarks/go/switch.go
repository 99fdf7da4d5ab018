package main

import "fmt"

// Two goroutines alternate over two unbuffered channels: nanoseconds for one hand-off.
func switchBench() {
	ping := make(chan struct{})
	pong := make(chan struct{})
	go func() {
		for range ping {
			pong <- struct{}{}
		}
	}()
	nanos := nanosPerOperation(1000, func(n int) {
		for i := 0; i < n; i++ {
			ping <- struct{}{}
			<-pong
		}
	})
	close(ping)
	fmt.Printf("RESULT handoff_ns=%.3f\n", nanos/2)
}
