"""The demo: a small tea shop that sets every kind of cookie, and the third party that its pages load.

Shop and third party know nothing of Assent: they are what a site owner already has.
"""
