"""ASGI in, ASGI out: the shells that carry bytes to the core and back."""
