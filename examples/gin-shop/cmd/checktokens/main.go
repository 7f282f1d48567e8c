// Command checktokens tells whether two releases of auth accept each other's tokens, before the new one gets requests:
// people who have logged in have to stay so while both serve, and after a rollback too. It succeeds if they do.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

const user = "checktokens"

var client = &http.Client{Timeout: 5 * time.Second}

func main() {
	log.SetFlags(0)
	candidate, stable := os.Getenv("HOTLANE_CANDIDATE_URL"), os.Getenv("HOTLANE_STABLE_URL")
	if candidate == "" {
		log.Fatal("HOTLANE_CANDIDATE_URL is not set")
	}
	// The first release has only its own tokens to accept.
	if stable == "" {
		stable = candidate
	}
	for _, way := range []struct{ from, to, what string }{
		{stable, candidate, "a token of the old release on the new one"},
		{candidate, stable, "a token of the new release on the old one"},
	} {
		if err := check(way.from, way.to); err != nil {
			log.Fatalf("%s: %v", way.what, err)
		}
	}
	fmt.Println("both releases accept each other's tokens")
}

// check logs in at one address and lets the token be checked at another.
func check(from, to string) error {
	body, err := json.Marshal(map[string]string{"user": user})
	if err != nil {
		return err
	}
	login, err := http.NewRequest(http.MethodPost, from+"/login", bytes.NewReader(body))
	if err != nil {
		return err
	}
	var made struct{ Token string }
	if err := ask(login, &made); err != nil {
		return err
	}
	checking, err := http.NewRequest(http.MethodGet, to+"/check", nil)
	if err != nil {
		return err
	}
	checking.Header.Set("Authorization", "Bearer "+made.Token)
	var known struct{ User string }
	if err := ask(checking, &known); err != nil {
		return err
	}
	if known.User != user {
		return fmt.Errorf("it is taken for one of %q", known.User)
	}
	return nil
}

func ask(request *http.Request, answer any) error {
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s was answered with %s", request.Method, request.URL.Path, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
