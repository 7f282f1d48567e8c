// A Gin program that listens on port 8080 whatever $PORT says, so that two of it cannot run at a time.
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
	if err := newEngine().Run(":8080"); err != nil {
		log.Fatal(err)
	}
}
