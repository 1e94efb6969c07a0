"""One file that holds everything an installation needs to be itself again: made, looked through, and restored."""
