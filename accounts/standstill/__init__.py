"""What Baton does by itself can stand still: while somebody looks, and after a backup was restored."""
