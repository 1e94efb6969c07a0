"""Incoming webhooks: other tools send what happened there, and an example says what of it is what."""
