"""Who is told what, where, and how it gets there: the bell, mail and chat."""
