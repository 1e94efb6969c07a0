"""How Baton writes moments where nobody names a form of its own: the language first, as Django looks for it."""
