// Command auth makes tokens and checks them.
package main

import (
	"cmp"
	"log"
	"os"

	"example.com/shop/internal/auth"
	"example.com/shop/internal/server"
)

const version = "v1"

func main() {
	secret := cmp.Or(os.Getenv("SHOP_SECRET"), "only for development")
	engine := server.NewEngine(version)
	auth.Routes(engine, auth.NewSigner([]byte(secret)))
	if err := server.Run(engine, "8081"); err != nil {
		log.Fatal(err)
	}
}
