// A service that keeps a ledger for "hotlane verify" and ends gracefully: what it has begun it finishes, then it goes.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const version = 1

func main() {
	ledger, err := os.OpenFile(os.Getenv("LEDGER"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT")}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if id := r.Header.Get("X-Hotlane-Verify-Id"); id != "" {
			fmt.Fprintln(ledger, id)
		}
		bytes, _ := io.Copy(io.Discard, r.Body)
		time.Sleep(10 * time.Millisecond)
		w.Header().Set("X-Version", fmt.Sprint(version))
		fmt.Fprintf(w, "%d bytes", bytes)
	})
	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	stopped := make(chan struct{})
	go func() {
		<-stopping.Done()
		server.Shutdown(context.Background())
		close(stopped)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		panic(err)
	}
	<-stopped
}
