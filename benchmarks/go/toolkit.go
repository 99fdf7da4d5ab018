package main

import (
	"fmt"
	"os"
	"strings"
)

// Channels and select: nanoseconds for one hand-off of each that is named, with commas between the
// names.
func toolkitBench() {
	measures := map[string]func() float64{
		"channel-handoff":  channelPingPong,
		"channel-stream":   func() float64 { return channelStream(0) },
		"queue-stream-1":   func() float64 { return channelStream(1) },
		"queue-stream-100": func() float64 { return channelStream(100) },
		"select":           selectOfTwo,
	}
	if len(os.Args) < 3 {
		check(fmt.Errorf("usage: go-bench toolkit NAME,NAME"))
	}
	for _, name := range strings.Split(os.Args[2], ",") {
		measure := measures[name]
		if measure == nil {
			check(fmt.Errorf("unknown: %s", name))
		}
		fmt.Printf("RESULT %s=%.3f\n", name, measure())
	}
}

// One item goes to the partner through one channel, and back through another.
func channelPingPong() float64 {
	ping := make(chan int)
	pong := make(chan int)
	go func() {
		for item := range ping {
			pong <- item
		}
	}()
	nanos := nanosPerOperation(1000, func(n int) {
		for i := 0; i < n; i++ {
			ping <- i
			<-pong
		}
	})
	close(ping)
	return nanos / 2
}

// The partner sends as fast as it may.
func channelStream(capacity int) float64 {
	channel := make(chan int, capacity)
	go func() {
		for i := 0; ; i++ {
			channel <- i
		}
	}()
	return nanosPerOperation(1000, func(n int) {
		for i := 0; i < n; i++ {
			<-channel
		}
	})
}

// The partner sends into two channels in turn.
func selectOfTwo() float64 {
	left := make(chan int)
	right := make(chan int)
	go func() {
		for i := 0; ; i++ {
			left <- i
			right <- i
		}
	}()
	return nanosPerOperation(1000, func(n int) {
		for i := 0; i < n; i++ {
			select {
			case <-left:
			case <-right:
			}
		}
	})
}
