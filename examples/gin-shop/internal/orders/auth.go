package orders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ErrUnknown says that auth does not know the token.
var ErrUnknown = errors.New("please log in")

// CheckToken returns the user of an Authorization header, or ErrUnknown.
type CheckToken func(ctx context.Context, authorization string) (string, error)

// AuthAt asks the auth service at this address.
func AuthAt(address string) CheckToken {
	client := &http.Client{Timeout: 5 * time.Second}
	return func(ctx context.Context, authorization string) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/check", nil)
		if err != nil {
			return "", err
		}
		request.Header.Set("Authorization", authorization)
		response, err := client.Do(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		switch response.StatusCode {
		case http.StatusOK:
		case http.StatusUnauthorized:
			return "", ErrUnknown
		default:
			return "", fmt.Errorf("auth answered %s", response.Status)
		}
		var answer struct{ User string }
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			return "", err
		}
		return answer.User, nil
	}
}
