"""What is open, or was just left, while consent is withdrawn elsewhere."""

from tests.leaks.vector import Effect, Vector, alternately

TICKING = "<script>setInterval(() => {{ {} }}, 150)</script>"
SHOWN = "<script>addEventListener('pageshow', () => setTimeout(() => {{ {} }}, 100))</script>"
LOAD = "new Image().src = '$AWAY/x.gif?' + Math.random()"
SEND = "fetch('$AWAY/x?' + Math.random(), {mode: 'no-cors'})"
STORE = "localStorage.setItem('$NAME', Math.random())"


def story(name: str, code: str, effect: Effect) -> Vector:
    """Return a page that goes on doing something; ``left`` tells whether it still does."""
    body = (TICKING if name.startswith("other-tab") else SHOWN).format(code)
    return Vector(f"story.{name}", effect, body=body, alone=True)


VECTORS = alternately(
    [
        story("other-tab-cookie", "$SET", Effect.COOKIE),
        story("other-tab-storage", STORE, Effect.STORAGE),
        story("other-tab-image", LOAD, Effect.REQUEST),
        story("other-tab-fetch", SEND, Effect.REQUEST),
        story("back-cookie", "$SET", Effect.COOKIE),
        story("back-storage", STORE, Effect.STORAGE),
        story("back-image", LOAD, Effect.REQUEST),
        story("back-fetch", SEND, Effect.REQUEST),
    ]
)
