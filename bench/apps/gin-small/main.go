// A Gin service of one file: what a newcomer has on the first day.
package main

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

const version = 1

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(gin.Recovery())
	router.GET("/", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"version": version})
	})
	// Run listens on $PORT, else on 8080.
	if err := router.Run(); err != nil {
		panic(err)
	}
}
