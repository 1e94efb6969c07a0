"""Read by gunicorn when it is started beside this file."""

# By itself gunicorn believes every local program that says X-Forwarded-Proto; BATON_TRUSTED_PROXIES decides.
secure_scheme_headers: dict[str, str] = {}
