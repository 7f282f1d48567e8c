/** A service in Go without dependencies; its answer is its version. */
export function goApp(version: string): Readonly<Record<string, string>> {
  return { 'go.mod': 'module example.com/app\n\ngo 1.23\n', 'main.go': goMain(version) }
}

export function goMain(version: string): string {
  return `package main

import (
	"fmt"
	"net/http"
	"os"
)

const version = "${version}"

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, version) })
	if err := http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
`
}

/** The same in Node; `more` is put in front of the server. */
export function nodeApp(version: string, more = ''): Readonly<Record<string, string>> {
  return {
    'package.json': '{ "name": "app", "private": true, "main": "server.mjs" }\n',
    'server.mjs': nodeMain(version, more),
  }
}

export function nodeMain(version: string, more = ''): string {
  return `import { createServer } from 'node:http'
const version = '${version}'
${more}
createServer((request, response) => response.end(version)).listen(process.env.PORT, '127.0.0.1')
`
}
