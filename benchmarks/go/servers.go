package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

const bufferSize = 4096

var response = []byte("HTTP/1.1 200 OK\r\n" +
	"Content-Type: text/plain\r\n" +
	"Content-Length: 13\r\n" +
	"\r\n" +
	"Hello, World!")

// Listens on the port of the command line, 0 or none for any free one.
func listen() net.Listener {
	port := "0"
	if len(os.Args) > 2 {
		port = os.Args[2]
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:"+port)
	check(err)
	fmt.Printf("READY %d\n", listener.Addr().(*net.TCPAddr).Port)
	return listener
}

func serve(handle func(net.Conn)) {
	listener := listen()
	for {
		conn, err := listener.Accept()
		check(err)
		go func() {
			defer conn.Close()
			handle(conn)
		}()
	}
}

// Sends back what it receives.
func echoServer() {
	serve(func(conn net.Conn) {
		buffer := make([]byte, bufferSize)
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				return
			}
			if _, err := conn.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
}

// Finds the end of each request head, across partial reads and with pipelining, and answers each
// with the same full response.
func helloServer() {
	endOfHead := []byte("\r\n\r\n")
	serve(func(conn net.Conn) {
		buffer := make([]byte, bufferSize)
		used := 0
		for used < len(buffer) {
			n, err := conn.Read(buffer[used:])
			if err != nil {
				return
			}
			from, head := used-3, 0
			if from < 0 {
				from = 0
			}
			used += n
			for {
				end := bytes.Index(buffer[from:used], endOfHead)
				if end < 0 {
					break
				}
				head = from + end + len(endOfHead)
				from = head
				if _, err := conn.Write(response); err != nil {
					return
				}
			}
			used = copy(buffer, buffer[head:used])
		}
	})
}

// The same answer from the HTTP server of Go's own library.
func netHTTPServer() {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, "Hello, World!")
	}
	check(http.Serve(listen(), http.HandlerFunc(handler)))
}
