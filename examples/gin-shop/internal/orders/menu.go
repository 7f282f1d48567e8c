package orders

// Offer is something that can be ordered, and what it costs.
type Offer struct {
	Item  string `json:"item"`
	Cents int    `json:"cents"`
}

// menu is the same for everybody and in every instance.
var menu = []Offer{{Item: "tea", Cents: 250}, {Item: "cake", Cents: 390}}
