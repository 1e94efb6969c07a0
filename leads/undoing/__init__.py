"""What a file said is taken back: rows it made go, values it changed are as before; what was done since stays."""
