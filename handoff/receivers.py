"""Hears that leads were scored or closed, inside the transaction that did it."""
