"""With what everybody of the demonstration signs in; read before Django is set up, too."""

from typing import Final

PASSWORD: Final = "baton-demo"  # noqa: S105 (printed for everybody who runs the demo)
