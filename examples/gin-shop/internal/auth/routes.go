// Package auth gives tokens to users and tells whose a token is.
package auth

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// tokenLife is how long a token is valid.
const tokenLife = time.Hour

type login struct {
	User string `json:"user" binding:"required,max=64"`
}

// Routes adds POST /login, which gives a token, and GET /check, which tells the user of the bearer token.
func Routes(engine *gin.Engine, signer *Signer) {
	engine.POST("/login", func(c *gin.Context) {
		var body login
		if err := c.ShouldBindJSON(&body); err != nil {
			c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
			return
		}
		c.JSON(http.StatusOK, gin.H{"token": signer.Sign(body.User, time.Now().Add(tokenLife))})
	})
	engine.GET("/check", func(c *gin.Context) {
		token, _ := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
		user, err := signer.Check(token, time.Now())
		if err != nil {
			c.JSON(http.StatusUnauthorized, gin.H{"error": err.Error()})
			return
		}
		c.JSON(http.StatusOK, gin.H{"user": user})
	})
}
