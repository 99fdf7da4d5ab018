package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

const hello = "Hello, World!"

// What is written as JSON for each request.
type item struct {
	ID      int      `json:"id"`
	Message string   `json:"message"`
	Active  bool     `json:"active"`
	Tags    []string `json:"tags"`
}

// The server of "http" on net/http. Over TLS when BENCH_TLS names a folder with cert.pem and
// key.pem.
func httpServer() {
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "text/plain", []byte(hello))
	})
	mux.HandleFunc("/json", func(w http.ResponseWriter, _ *http.Request) {
		body, err := json.Marshal(item{42, hello, true, []string{"red", "green", "blue"}})
		check(err)
		answer(w, "application/json", body)
	})
	mux.HandleFunc("/headers", func(w http.ResponseWriter, r *http.Request) {
		answer(w, "text/plain", []byte(r.Header.Get("X-Token")))
	})
	mux.HandleFunc("/100k", letters(100_000))
	mux.HandleFunc("/100m", letters(100_000_000))
	mux.HandleFunc("/upload", upload)
	server := http.Server{Handler: mux}
	if folder := os.Getenv("BENCH_TLS"); folder != "" {
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS13}
		check(server.ServeTLS(listen(),
			filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")))
	}
	check(server.Serve(listen()))
}

func answer(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// So many letters.
func letters(count int) http.HandlerFunc {
	data := bytes.Repeat([]byte{'a'}, 100_000)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(count))
		for left := count; left > 0; left -= len(data) {
			if _, err := w.Write(data); err != nil {
				return
			}
		}
	}
}

// Reads the body, and says how long it was.
func upload(w http.ResponseWriter, r *http.Request) {
	count, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	answer(w, "text/plain", []byte(strconv.FormatInt(count, 10)))
}
