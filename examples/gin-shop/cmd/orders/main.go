// Command orders sells things to those whom auth knows.
package main

import (
	"cmp"
	"log"
	"os"

	"example.com/shop/internal/orders"
	"example.com/shop/internal/server"
)

// Edit this line and save, to see the new version served.
const version = "v1"

func main() {
	authURL := cmp.Or(os.Getenv("AUTH_URL"), "http://127.0.0.1:8081")
	engine := server.NewEngine(version)
	orders.Routes(engine, orders.NewShop(version, orders.AuthAt(authURL)))
	if err := server.Run(engine, "8080"); err != nil {
		log.Fatal(err)
	}
}
