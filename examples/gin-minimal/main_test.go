package main

import (
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestHello(t *testing.T) {
	gin.SetMode(gin.TestMode)
	answer := httptest.NewRecorder()
	newEngine().ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))
	if want := "hello from " + version + "\n"; answer.Body.String() != want {
		t.Errorf("answered %q, not %q", answer.Body, want)
	}
}
