package server

import (
	"context"
	"io"
	"net"
	"net/http"
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
