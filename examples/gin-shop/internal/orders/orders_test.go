package orders

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/shop/internal/auth"
	"example.com/shop/internal/server"
)

// start serves orders that ask a real auth service, and returns the addresses of both.
func start(t *testing.T) (ordersURL, authURL string) {
	t.Helper()
	gin.SetMode(gin.TestMode)
	authEngine := gin.New()
	auth.Routes(authEngine, auth.NewSigner([]byte("test")))
	authServer := httptest.NewServer(authEngine)
	t.Cleanup(authServer.Close)
	engine := gin.New()
	Routes(engine, NewShop("v42", AuthAt(authServer.URL)))
	ordersServer := httptest.NewServer(engine)
	t.Cleanup(ordersServer.Close)
	return ordersServer.URL, authServer.URL
}

func ask(t *testing.T, method, url, body, token string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var text strings.Builder
	if _, err := bufio.NewReader(response.Body).WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, text.String()
}

func TestOrder(t *testing.T) {
	url, authURL := start(t)
	if code, _ := ask(t, "POST", url+"/orders", `{"item":"tea"}`, "nonsense"); code != http.StatusUnauthorized {
		t.Errorf("an order without a login: %d", code)
	}
	_, answer := ask(t, "POST", authURL+"/login", `{"user":"ann"}`, "")
	token := strings.TrimSuffix(strings.TrimPrefix(answer, `{"token":"`), `"}`)
	if code, body := ask(t, "POST", url+"/orders", `{}`, token); code != http.StatusBadRequest {
		t.Errorf("an order of nothing: %d %s", code, body)
	}
	want := `{"id":1,"user":"ann","item":"tea"}`
	if code, body := ask(t, "POST", url+"/orders", `{"item":"tea"}`, token); code != http.StatusCreated || body != want {
		t.Errorf("an order: %d %s", code, body)
	}
	if _, body := ask(t, "GET", url+"/orders/1", "", ""); body != want {
		t.Errorf("the order: %s", body)
	}
	if _, body := ask(t, "GET", url+"/orders", "", ""); body != "["+want+"]" {
		t.Errorf("all orders: %s", body)
	}
	if code, _ := ask(t, "GET", url+"/orders/2", "", ""); code != http.StatusNotFound {
		t.Errorf("an order that is not there: %d", code)
	}
}

func TestAuthDown(t *testing.T) {
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	Routes(engine, NewShop("v42", AuthAt("http://127.0.0.1:1")))
	server := httptest.NewServer(engine)
	defer server.Close()
	if code, body := ask(t, "POST", server.URL+"/orders", `{"item":"tea"}`, "x"); code != http.StatusBadGateway {
		t.Errorf("an order without auth: %d %s", code, body)
	}
}

func TestPageAndStyle(t *testing.T) {
	url, _ := start(t)
	if _, body := ask(t, "GET", url+"/", "", ""); !strings.Contains(body, "<small>v42</small>") {
		t.Errorf("the page: %s", body)
	}
	if code, _ := ask(t, "GET", url+"/static/style.css", "", ""); code != http.StatusOK {
		t.Errorf("the style: %d", code)
	}
}

func TestSlow(t *testing.T) {
	url, _ := start(t)
	if code, body := ask(t, "GET", url+"/slow?ms=1", "", ""); code != http.StatusOK || body != `{"waitedMs":1}` {
		t.Errorf("slow: %d %s", code, body)
	}
	if code, _ := ask(t, "GET", url+"/slow?ms=soon", "", ""); code != http.StatusBadRequest {
		t.Errorf("slow without a number: %d", code)
	}
}

func TestUpload(t *testing.T) {
	url, _ := start(t)
	if code, body := ask(t, "POST", url+"/upload", "12345", ""); code != http.StatusOK || body != `{"bytes":5}` {
		t.Errorf("upload: %d %s", code, body)
	}
}

func TestStreamEndsWhenTheServerStops(t *testing.T) {
	stopping, stop := context.WithCancel(context.Background())
	shop := NewShop("v42", nil)
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	Routes(engine, shop)
	test := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		engine.ServeHTTP(w, r.WithContext(server.WithStopping(r.Context(), stopping)))
	}))
	defer test.Close()
	defer stop()
	response, err := http.Get(test.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	shop.add("ann", "tea")
	for lines.Scan() && lines.Text() != `data:{"id":1,"user":"ann","item":"tea"}` {
	}
	stop()
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream ended with %v", err)
	}
}

func TestMenu(t *testing.T) {
	url, _ := start(t)
	code, body := ask(t, "GET", url+"/menu", "", "")
	if code != http.StatusOK || !strings.Contains(body, `{"item":"tea","cents":250}`) {
		t.Errorf("the menu: %d %s", code, body)
	}
}
