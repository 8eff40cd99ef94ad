"""The web process's application, for any WSGI server."""

from backend import create_app

app = create_app()
