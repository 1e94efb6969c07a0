"""The documents of docs/ as pages of the product: by role, searched, and from each page to the one about it."""
