"""What a file can hold: each kind is one declaration with its fields, how a row becomes an input, and who takes it."""
