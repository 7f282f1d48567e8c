package orders

import "sync"

// Order is something that somebody wants.
type Order struct {
	ID   int    `json:"id"`
	User string `json:"user"`
	Item string `json:"item"`
}

// Shop keeps orders in memory: every instance of the service has its own, and begins with none.
type Shop struct {
	version   string
	check     CheckToken
	mutex     sync.Mutex
	orders    []Order
	listeners map[chan Order]struct{}
}

// NewShop returns a shop without orders.
func NewShop(version string, check CheckToken) *Shop {
	return &Shop{version: version, check: check, orders: []Order{}, listeners: map[chan Order]struct{}{}}
}

func (s *Shop) add(user, item string) Order {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	order := Order{ID: len(s.orders) + 1, User: user, Item: item}
	s.orders = append(s.orders, order)
	for listener := range s.listeners {
		select {
		case listener <- order:
		default: // A listener that does not keep up misses orders; it must not hold up the shop.
		}
	}
	return order
}

func (s *Shop) all() []Order {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Order{}, s.orders...)
}

func (s *Shop) find(id int) (Order, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if id < 1 || id > len(s.orders) {
		return Order{}, false
	}
	return s.orders[id-1], true
}

// follow returns a channel of new orders and the way to leave it.
func (s *Shop) follow() (<-chan Order, func()) {
	listener := make(chan Order, 16)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.listeners[listener] = struct{}{}
	return listener, func() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		delete(s.listeners, listener)
	}
}
