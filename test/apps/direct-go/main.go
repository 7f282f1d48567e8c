// Command direct-go accepts from the socket that it is handed, echoes bodies, and ends when asked to.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/coreos/go-systemd/v22/activation"
)

func main() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	listeners, err := activation.ListenersWithNames()
	if err != nil || len(listeners["http"]) != 1 {
		fmt.Println("there is no socket named http:", err)
		os.Exit(1)
	}
	listener := listeners["http"][0]
	var waiting waiters
	server := &http.Server{Handler: http.HandlerFunc(echo), ConnState: waiting.note}
	served := make(chan struct{})
	go func() {
		_ = server.Serve(listener)
		close(served)
	}()
	<-asked
	// Shutdown alone would close accepted connections whose request it has not begun to handle.
	_ = listener.Close()
	<-served
	waiting.wait()
	_ = server.Shutdown(context.Background())
}

func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Pid", fmt.Sprint(os.Getpid()))
	_, _ = io.Copy(w, r.Body)
}

// waiters are connections that have not had their first answer.
type waiters struct {
	known sync.Map
	count sync.WaitGroup
}

func (w *waiters) note(connection net.Conn, state http.ConnState) {
	if state == http.StateNew {
		w.known.Store(connection, nil)
		w.count.Add(1)
	} else if state != http.StateActive {
		if _, first := w.known.LoadAndDelete(connection); first {
			w.count.Done()
		}
	}
}

func (w *waiters) wait() { w.count.Wait() }
