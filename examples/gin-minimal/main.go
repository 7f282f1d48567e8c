// A Gin program as the Gin manual begins: r.Run() listens on $PORT, or on 8080.
package main

import (
	"log"
	"net/http"

	"github.com/gin-gonic/gin"
)

const version = "v1"

func newEngine() *gin.Engine {
	r := gin.Default()
	r.GET("/", func(c *gin.Context) {
		c.String(http.StatusOK, "hello from %s\n", version)
	})
	return r
}

func main() {
	if err := newEngine().Run(); err != nil {
		log.Fatal(err)
	}
}
