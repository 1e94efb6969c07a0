"""What the environment may say: .env.example lists exactly what is read."""

import re

from config.embedded.state import BASE_DIR

# env.str("NAME"), os.environ.get("NAME"), also over two lines.
READ = re.compile(r"""\benv(?:iron)?\.\w+\(\s*["']([A-Z_]+)["']""")


class TestExample:
    def test_it_lists_every_variable_that_is_read_and_no_other(self) -> None:
        sources = [path.read_text() for path in (BASE_DIR / "config").rglob("*.py")]
        read = {name for source in sources for name in READ.findall(source)} - {"DJANGO_SETTINGS_MODULE"}
        example = (BASE_DIR / ".env.example").read_text()
        listed = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
        assert sorted(listed) == sorted(read)
