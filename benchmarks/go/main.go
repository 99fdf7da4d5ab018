// The contenders in Go, one program: go-bench NAME. GOMAXPROCS=1 comes from the environment, like
// the BENCH_* numbers (see benchmarks/README.md).
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	programs := map[string]func(){
		"switch":   switchBench,
		"spawn":    spawnBench,
		"memory":   memoryBench,
		"timers":   timersBench,
		"toolkit":  toolkitBench,
		"echo":     echoServer,
		"hello":    helloServer,
		"net-http": netHTTPServer,
		"http":     httpServer,

		"net-echo":     netServer(bufferSize, netEcho),
		"net-download": netServer(0, netDownload),
		"net-upload":   netServer(chunkSize, netUpload),
	}
	if len(os.Args) < 2 || programs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: go-bench switch|spawn|memory|timers|toolkit|echo|hello|net-http|http|"+
			"net-echo|net-download|net-upload [PORT or NAMES]")
		os.Exit(2)
	}
	programs[os.Args[1]]()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// The number in an environment variable, or the given one.
func number(name string, otherwise int) int {
	value := os.Getenv(name)
	if value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	check(err)
	return n
}

// CPU seconds of this process so far, user and system.
func cpuSeconds() float64 {
	data, err := os.ReadFile("/proc/self/stat")
	check(err)
	text := string(data)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	user, err := strconv.ParseFloat(fields[11], 64)
	check(err)
	system, err := strconv.ParseFloat(fields[12], 64)
	check(err)
	return (user + system) / float64(number("BENCH_CLK_TCK", 100))
}

// Resident bytes of this process.
func residentBytes() float64 {
	data, err := os.ReadFile("/proc/self/status")
	check(err)
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			kb, err := strconv.ParseFloat(strings.Fields(line)[1], 64)
			check(err)
			return kb * 1024
		}
	}
	return 0
}
