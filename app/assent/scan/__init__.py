"""Visits a site with a real browser: what it stores and whom it asks, before and after each choice."""
