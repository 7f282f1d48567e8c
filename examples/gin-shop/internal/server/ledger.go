package server

import (
	"fmt"
	"log"
	"os"

	"github.com/gin-gonic/gin"
)

// keepLedger appends the id of every request to a file before it is executed, and tells them at GET /__ledger: by it
// "hotlane verify --ledger /__ledger" tells which requests were lost and which were executed twice. A file outlives the
// instance, and instances that overlap may share it: each line is one append.
func keepLedger(engine *gin.Engine, name string) {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		log.Fatal(err)
	}
	engine.GET("/__ledger", func(c *gin.Context) { c.File(name) })
	engine.Use(func(c *gin.Context) {
		if id := c.GetHeader("X-Hotlane-Verify-Id"); id != "" {
			fmt.Fprintln(file, id)
		}
	})
}
