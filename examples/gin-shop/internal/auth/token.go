package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// ErrToken says that a token is not one of ours, or is too old.
var ErrToken = errors.New("the token is not valid")

var encoding = base64.RawURLEncoding

// Signer makes tokens and checks them. Every instance with the same secret accepts the tokens of the others.
type Signer struct{ secret []byte }

// NewSigner returns a Signer with this secret.
func NewSigner(secret []byte) *Signer { return &Signer{secret} }

// Sign returns a token for a user: name, end of validity in Unix seconds, and HMAC-SHA-256 (RFC 2104) of both.
func (s *Signer) Sign(user string, until time.Time) string {
	claim := encoding.EncodeToString([]byte(user)) + "." + strconv.FormatInt(until.Unix(), 10)
	return claim + "." + encoding.EncodeToString(s.mac(claim))
}

// Check returns the user of a token, or ErrToken.
func (s *Signer) Check(token string, now time.Time) (string, error) {
	end := strings.LastIndexByte(token, '.')
	if end < 0 {
		return "", ErrToken
	}
	claim := token[:end]
	mac, err := encoding.DecodeString(token[end+1:])
	if err != nil || !hmac.Equal(mac, s.mac(claim)) {
		return "", ErrToken
	}
	name, until, _ := strings.Cut(claim, ".")
	user, err := encoding.DecodeString(name)
	if err != nil {
		return "", ErrToken
	}
	seconds, err := strconv.ParseInt(until, 10, 64)
	if err != nil || now.Unix() >= seconds {
		return "", ErrToken
	}
	return string(user), nil
}

func (s *Signer) mac(claim string) []byte {
	hash := hmac.New(sha256.New, s.secret)
	hash.Write([]byte(claim))
	return hash.Sum(nil)
}
