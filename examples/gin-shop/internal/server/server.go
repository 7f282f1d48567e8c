// Package server holds what both services have in common: an engine with health and version, and a graceful end.
package server

import (
	"cmp"
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
)

// shutdownGrace is how long requests in flight may take after SIGTERM.
const shutdownGrace = 10 * time.Second

// NewEngine returns an engine that answers /health and /version, and logs only what went wrong.
func NewEngine(version string) *gin.Engine {
	if os.Getenv(gin.EnvGinMode) == "" {
		gin.SetMode(gin.ReleaseMode)
	}
	engine := gin.New()
	engine.Use(gin.Recovery(), gin.LoggerWithConfig(gin.LoggerConfig{
		Skip: func(c *gin.Context) bool { return c.Writer.Status() < http.StatusInternalServerError },
	}))
	if file := os.Getenv("LEDGER"); file != "" {
		keepLedger(engine, file)
	}
	engine.GET("/health", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) })
	engine.GET("/version", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"version": version, "pid": os.Getpid()}) })
	return engine
}

// Run serves on $PORT, or on the port given where that is not set, until SIGTERM or Ctrl-C; then it lets requests in
// flight finish. Streams learn of it through Stopping.
func Run(handler http.Handler, port string) error {
	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", ":"+cmp.Or(os.Getenv("PORT"), port))
	if err != nil {
		return err
	}
	log.Printf("listening on %s", listener.Addr())
	return serve(stopping, listener, handler)
}

func serve(stopping context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return WithStopping(context.Background(), stopping) },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-stopping.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type stoppingKey struct{}

// WithStopping returns a context that carries another one, which ends when the server begins to stop.
func WithStopping(ctx, stopping context.Context) context.Context {
	return context.WithValue(ctx, stoppingKey{}, stopping)
}

// Stopping is closed when the server begins to stop. What would go on for ever, such as a stream, ends itself then.
func Stopping(ctx context.Context) <-chan struct{} {
	if stopping, ok := ctx.Value(stoppingKey{}).(context.Context); ok {
		return stopping.Done()
	}
	return nil
}
