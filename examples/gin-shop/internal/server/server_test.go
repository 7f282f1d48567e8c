package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestRequestsInFlightFinishAfterTheSignal(t *testing.T) {
	stopping, stop := context.WithCancel(context.Background())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived := make(chan struct{})
	engine := NewEngine("test")
	engine.GET("/wait", func(c *gin.Context) {
		close(arrived)
		<-Stopping(c.Request.Context())
		c.String(http.StatusOK, "finished")
	})
	served := make(chan error, 1)
	go func() { served <- serve(stopping, listener, engine) }()

	answers := make(chan string, 1)
	go func() { answers <- get(t, "http://"+listener.Addr().String()+"/wait") }()
	<-arrived
	stop()
	if answer := <-answers; answer != "finished" {
		t.Errorf("the request in flight was answered %q", answer)
	}
	if err := <-served; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestLedger(t *testing.T) {
	t.Setenv("LEDGER", filepath.Join(t.TempDir(), "ledger"))
	engine := NewEngine("test")
	for _, id := range []string{"run-1", "run-2", ""} {
		request := httptest.NewRequest("GET", "/version", nil)
		request.Header.Set("X-Hotlane-Verify-Id", id)
		engine.ServeHTTP(httptest.NewRecorder(), request)
	}
	answer := httptest.NewRecorder()
	engine.ServeHTTP(answer, httptest.NewRequest("GET", "/__ledger", nil))
	if answer.Body.String() != "run-1\nrun-2\n" {
		t.Errorf("the ledger says %q", answer.Body)
	}
}

func TestVersion(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopping, stop := context.WithCancel(context.Background())
	defer stop()
	go func() { _ = serve(stopping, listener, NewEngine("v42")) }()
	if body := get(t, "http://"+listener.Addr().String()+"/version"); !strings.Contains(body, `"version":"v42"`) {
		t.Errorf("/version answered %s", body)
	}
}

func get(t *testing.T, url string) string {
	response, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}
