package main

import (
	"bytes"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
)

const chunkSize = 64 * 1024

// What is sent; filled, or it would be the one page of zeros.
var chunk = bytes.Repeat([]byte{'a'}, chunkSize)

// A server of "net": the bytes of a connection's buffer, and what is done with a connection. Over
// TLS when BENCH_TLS names a folder with cert.pem and key.pem. net-echo|net-download|net-upload.
func netServer(size int, handle func(net.Conn, []byte)) func() {
	return func() {
		listener := listen()
		if folder := os.Getenv("BENCH_TLS"); folder != "" {
			certificate, err := tls.LoadX509KeyPair(
				filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem"))
			check(err)
			listener = tls.NewListener(listener, &tls.Config{
				Certificates: []tls.Certificate{certificate},
				MinVersion:   tls.VersionTLS13,
			})
		}
		for {
			conn, err := listener.Accept()
			check(err)
			go func() {
				defer conn.Close()
				handle(conn, make([]byte, size))
			}()
		}
	}
}

// Sends back what it receives.
func netEcho(conn net.Conn, buffer []byte) {
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		if _, err := conn.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// Sends as much as the client takes.
func netDownload(conn net.Conn, _ []byte) {
	for {
		if _, err := conn.Write(chunk); err != nil {
			return
		}
	}
}

// Takes as much as the client sends.
func netUpload(conn net.Conn, buffer []byte) {
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}
