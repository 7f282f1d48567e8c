package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

var signer = NewSigner([]byte("test"))

func TestToken(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	token := signer.Sign("ann.lee", now.Add(time.Minute))
	if user, err := signer.Check(token, now); err != nil || user != "ann.lee" {
		t.Errorf("a good token gave %q, %v", user, err)
	}
	bad := map[string]string{
		"empty":        "",
		"changed":      "x" + token,
		"cut":          token[:len(token)-2],
		"other secret": NewSigner([]byte("other")).Sign("ann.lee", now.Add(time.Minute)),
		"too old":      signer.Sign("ann.lee", now),
	}
	for name, token := range bad {
		if _, err := signer.Check(token, now); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestLoginThenCheck(t *testing.T) {
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	Routes(engine, signer)
	if answer := ask(engine, "POST", "/login", `{}`, ""); answer.Code != http.StatusBadRequest {
		t.Errorf("a login without a name: %d", answer.Code)
	}
	answer := ask(engine, "POST", "/login", `{"user":"ann"}`, "")
	token := strings.TrimSuffix(strings.TrimPrefix(answer.Body.String(), `{"token":"`), `"}`)
	if answer := ask(engine, "GET", "/check", "", token); answer.Body.String() != `{"user":"ann"}` {
		t.Errorf("the check of a good token: %d %s", answer.Code, answer.Body)
	}
	if answer := ask(engine, "GET", "/check", "", "nonsense"); answer.Code != http.StatusUnauthorized {
		t.Errorf("the check of nonsense: %d", answer.Code)
	}
}

func ask(engine *gin.Engine, method, path, body, token string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+token)
	answer := httptest.NewRecorder()
	engine.ServeHTTP(answer, request)
	return answer
}
