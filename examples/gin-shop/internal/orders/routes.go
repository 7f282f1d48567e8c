// Package orders takes orders, lists them, and tells those who listen.
package orders

import (
	"embed"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/shop/internal/server"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// maxSlow bounds what /slow may be asked for.
const maxSlow = time.Minute

// Routes adds the page, /menu, /orders, /stream, /slow and /upload.
func Routes(engine *gin.Engine, shop *Shop) {
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic(err)
	}
	engine.SetHTMLTemplate(template.Must(template.ParseFS(templates, "templates/*.html")))
	engine.StaticFS("/static", http.FS(files))
	engine.GET("/", shop.page)
	engine.GET("/menu", func(c *gin.Context) { c.JSON(http.StatusOK, menu) })
	engine.GET("/orders", func(c *gin.Context) { c.JSON(http.StatusOK, shop.all()) })
	engine.GET("/orders/:id", shop.show)
	engine.POST("/orders", shop.order)
	engine.GET("/stream", shop.stream)
	engine.GET("/slow", slow)
	engine.POST("/upload", upload)
}

func (s *Shop) page(c *gin.Context) {
	c.HTML(http.StatusOK, "index.html", gin.H{"Version": s.version, "Orders": s.all()})
}

func (s *Shop) show(c *gin.Context) {
	id, err := strconv.Atoi(c.Param("id"))
	order, found := s.find(id)
	if err != nil || !found {
		c.JSON(http.StatusNotFound, gin.H{"error": "there is no such order"})
		return
	}
	c.JSON(http.StatusOK, order)
}

func (s *Shop) order(c *gin.Context) {
	var body struct {
		Item string `json:"item" binding:"required,max=100"`
	}
	if err := c.ShouldBindJSON(&body); err != nil {
		c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
		return
	}
	user, err := s.check(c.Request.Context(), c.GetHeader("Authorization"))
	switch {
	case errors.Is(err, ErrUnknown):
		c.JSON(http.StatusUnauthorized, gin.H{"error": err.Error()})
	case err != nil:
		c.JSON(http.StatusBadGateway, gin.H{"error": "auth cannot be asked: " + err.Error()})
	default:
		c.JSON(http.StatusCreated, s.add(user, body.Item))
	}
}

// stream sends server-sent events: the version at first and every second, and every new order.
func (s *Shop) stream(c *gin.Context) {
	orders, leave := s.follow()
	defer leave()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	c.SSEvent("version", s.version)
	c.Writer.Flush()
	c.Stream(func(io.Writer) bool {
		select {
		case order := <-orders:
			c.SSEvent("order", order)
		case <-tick.C:
			c.SSEvent("version", s.version)
		case <-server.Stopping(c.Request.Context()):
			return false
		case <-c.Request.Context().Done():
			return false
		}
		return true
	})
}

// slow answers after ?ms= milliseconds, as a request that is in flight for long.
func slow(c *gin.Context) {
	ms, err := strconv.Atoi(c.DefaultQuery("ms", "1000"))
	wait := time.Duration(ms) * time.Millisecond
	if err != nil || wait < 0 || wait > maxSlow {
		c.JSON(http.StatusBadRequest, gin.H{"error": "ms must be a number from 0 to 60000"})
		return
	}
	select {
	case <-time.After(wait):
		c.JSON(http.StatusOK, gin.H{"waitedMs": ms})
	case <-c.Request.Context().Done():
	}
}

// upload tells how many bytes it was sent.
func upload(c *gin.Context) {
	bytes, err := io.Copy(io.Discard, c.Request.Body)
	if err != nil {
		c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
		return
	}
	c.JSON(http.StatusOK, gin.H{"bytes": bytes})
}
