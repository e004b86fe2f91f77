"""The server of ``assent serve``: uvicorn, and around it workers, TLS, logs and a stop that loses nothing."""
