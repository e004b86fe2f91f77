"""Reverse proxies side by side, on one core: what a request costs each, and how much memory streams take."""
