"""Any file is either read row by row, with true line numbers, or refused with a sentence."""

import io
import os
import time
import tracemalloc
from typing import Any

import pytest

from capture.importing.problems import RowProblem, Unreadable
from capture.importing.reading import CELL_LIMIT, COLUMN_LIMIT, Inspection, Row, inspect, read


def look(content: bytes | str, **how: Any) -> tuple[Inspection, list[str], list[Row | RowProblem]]:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    found = inspect(file, **how)
    columns, rows = read(file, encoding=found.encoding, delimiter=found.delimiter)
    return found, columns, list(rows)


def cells(content: bytes | str, **how: Any) -> list[list[str]]:
    return [row.cells for row in look(content, **how)[2] if isinstance(row, Row)]


class TestEncoding:
    @pytest.mark.parametrize(
        ("content", "encoding"),
        [
            ("name\nJürgen 东\n".encode(), "utf-8"),
            ("\ufeffname\nJürgen 东\n".encode(), "utf-8"),
            ("name\nJürgen 东\n".encode("utf-16"), "utf-16"),
            ("name;mail\nJürgen;x@y.de\n".encode("utf-16-le"), "utf-16-le"),
            ("name;mail\nJürgen;x@y.de\n".encode("utf-16-be"), "utf-16-be"),
            ("name\nJürgen\n".encode("cp1252"), "cp1252"),
        ],
    )
    def test_it_is_found_out(self, content: bytes, encoding: str) -> None:
        found, columns, rows = look(content)
        assert found.encoding == encoding
        assert columns[0] == "name", "a byte order mark is no part of the first name"
        assert isinstance(rows[0], Row)
        assert rows[0].cells[0].startswith("Jürgen")

    def test_one_broken_byte_does_not_turn_the_whole_file_into_another_encoding(self) -> None:
        content = "name\nJürgen\nZoë\n".encode() + b"Fran\xe7ois\n"
        assert cells(content)[:2] == [["Jürgen"], ["Zoë"]]
        assert "\udce7" in cells(content)[2][0], "it stays recognisable for the row's own error"

    def test_it_can_be_said(self) -> None:
        assert cells("name\nИван\n".encode("cp1251"), encoding="windows-1251") == [["Иван"]]

    def test_utf_16_without_its_mark_is_told(self) -> None:
        with pytest.raises(Unreadable) as refused:
            look("name\nx\n", encoding="utf-16")
        assert refused.value.code == "wrong_encoding"

    @pytest.mark.parametrize("codec", ["utf-32", "utf-32-be"])
    def test_utf_32_is_not_read(self, codec: str) -> None:
        mark = b"" if codec == "utf-32" else b"\x00\x00\xfe\xff"
        with pytest.raises(Unreadable) as refused:
            look(mark + "name\nx\n".encode(codec))
        assert refused.value.code == "utf_32"

    def test_column_names_can_be_stored(self) -> None:
        assert look("na\0me,b\n" + "x,y\n" * 20)[1] == ["na\ufffdme", "b"]

    @pytest.mark.parametrize("name", ["rot13", "unicode_escape", "utf-7", "nothing", "\x00", "a" * 5000])
    def test_codecs_that_are_no_text_encoding_of_ours_are_refused(self, name: str) -> None:
        with pytest.raises(Unreadable) as refused:
            look("name\nx\n", encoding=name)
        assert refused.value.code == "unknown_encoding"


class TestSeparator:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_it_is_found_out(self, separator: str) -> None:
        found, columns, _rows = look(f"a{separator}b{separator}c\n1,5{separator}2{separator}3\n")
        assert (found.delimiter, columns) == (separator, ["a", "b", "c"])

    def test_excel_may_name_it_and_the_lines_are_still_counted(self) -> None:
        _found, columns, rows = look("sep=;\na;b\n1;2\n")
        assert (columns, rows) == (["a", "b"], [Row(3, ["1", "2"])])

    def test_one_column_needs_none(self) -> None:
        assert cells("email\na@x.com\n") == [["a@x.com"]]


class TestLines:
    def test_a_row_has_the_line_it_begins_in(self) -> None:
        _found, _columns, rows = look('a,b\n\n1,"two\nlines"\n\n,,\n2,x\n')
        assert rows == [Row(3, ["1", "two\nlines"]), Row(7, ["2", "x"])]

    @pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
    def test_every_line_end_is_one(self, ends: str) -> None:
        _found, _columns, rows = look(ends.join(["a,b", "1,2", "3,4", ""]))
        assert rows == [Row(2, ["1", "2"]), Row(3, ["3", "4"])]

    def test_a_lone_carriage_return_inside_a_line_is_a_blank(self) -> None:
        assert cells('a,b\n1,x\ry\n2,"x\ry"\n') == [["1", "x y"], ["2", "x y"]]

    def test_blanks_around_values_and_before_quotes_go(self) -> None:
        assert cells('  a , b \n x ,  " y, z "\n') == [["x", "y, z"]]

    def test_empty_columns_at_the_end_are_no_columns(self) -> None:
        assert look("a,b,,\n1,2,,\n")[1] == ["a", "b"]

    def test_a_value_beyond_the_last_column_is_a_problem_of_the_row(self) -> None:
        rows = look("a,b\n1,2,3\n4,5\n")[2]
        assert isinstance(rows[0], RowProblem)
        assert (rows[0].line, rows[0].code) == (2, "too_many_cells")
        assert rows[1] == Row(3, ["4", "5"])


class TestQuotes:
    @pytest.mark.parametrize(
        "content",
        [
            'a,b\n1,x\n2,"open\n3,y\n',
            'a,b\n1,x\n2,"open\n' + "3,y\n" * 30_000,
            'a,b\n1,x\n"2","open' + "y" * (CELL_LIMIT + 5),
        ],
        ids=["at the end", "over the limit", "in one line"],
    )
    def test_one_that_is_never_closed_names_the_line_it_was_opened_in(self, content: str) -> None:
        with pytest.raises(Unreadable, match="line 3") as refused:
            look(content)
        assert refused.value.code == "unclosed_quote"

    def test_it_is_the_line_of_the_quote_not_of_the_row(self) -> None:
        with pytest.raises(Unreadable, match="line 4"):
            look('a,b\n1,x\n"2\n","open\n3,y\n')

    def test_one_in_the_middle_of_a_value_is_read_as_people_mean_it(self) -> None:
        rows = look('a,b,c\n1,"Bob "The" Builder",z\n"say ""hi""","x"y",z\n')[2]
        assert rows == [Row(2, ["1", 'Bob "The" Builder', "z"]), Row(3, ['say "hi"', 'x"y', "z"])]

    def test_where_it_can_be_read_in_two_ways_it_costs_its_row_only(self) -> None:
        rows = look('a,b\n1,"Bob "The", Builder"\n2,y\n')[2]
        assert isinstance(rows[0], RowProblem)
        assert (rows[0].line, rows[0].code) == (2, "stray_quote")
        assert rows[1] == Row(3, ["2", "y"])


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"\xef\xbb\xbf", "empty"),
            (b"\n\r\n  \n", "empty"),
            (b",,\n\n", "empty"),
            (b"a,b\n", "no_rows"),
            (b"a,b\n\n,,\n", "no_rows"),
            (b"PK\x03\x04rest", "not_csv"),
            (b"%PDF-1.7", "not_csv"),
            (os.urandom(100_000), "binary"),
            (b"ann@example.com,Ann\nbob@example.com,Bob\n", "no_header"),
            (b"c," * COLUMN_LIMIT + b"c\n1\n", "too_many_columns"),
            (b"c," * 2_000_000 + b"c\n1\n", "too_many_columns"),
            (b"column," * 2_000_000 + b"c\n1\n", "too_many_columns"),
            (b'"', "unclosed_quote"),
            (b'"' + b"x" * 10_000_000, "cell_too_long"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_a_file_of_no_use_is_told_why(self, content: bytes, code: str) -> None:
        with pytest.raises(Unreadable) as refused:
            look(content)
        assert refused.value.code == code
        assert str(refused.value).endswith(".")

    @pytest.mark.parametrize("commas", [100_000, 1_000_000])
    @pytest.mark.parametrize("head", [b"email", b"email,name"])
    def test_a_hundred_thousand_commas_are_refused_at_once(self, head: bytes, commas: int) -> None:
        began = time.perf_counter()
        with pytest.raises(Unreadable) as refused:
            inspect(io.BytesIO(head + b"," * commas + b"\nada@example.com\n"))
        assert refused.value.code == "too_many_columns"
        assert "at most 500 can be read" in str(refused.value)
        assert time.perf_counter() - began < 2

    def test_more_rows_than_allowed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("capture.importing.reading.ROW_LIMIT", 3)
        assert look("a\n1\n2\n3\n")[0].rows == 3
        with pytest.raises(Unreadable) as refused:
            look("a\n1\n2\n3\n4\n")
        assert refused.value.code == "too_many_rows"

    @pytest.mark.parametrize("size", [CELL_LIMIT + 1, 10_000_000])
    def test_an_endless_value_costs_its_row_only(self, size: int) -> None:
        rows = look(b"a,b\n1," + b"x" * size + b"\n2,y\n")[2]
        assert isinstance(rows[0], RowProblem)
        assert (rows[0].line, rows[0].code) == (2, "cell_too_long")
        assert rows[1] == Row(3, ["2", "y"])

    def test_zero_bytes_stay_in_their_row(self) -> None:
        assert cells(b"a,b\n1,x\x00y\n" + b"2,something without any\n" * 30)[0] == ["1", "x\x00y"]


class TestMemory:
    def test_it_does_not_grow_with_the_file(self) -> None:
        def peak(rows: int) -> int:
            file = io.BytesIO(b"email,name\n" + b"somebody@example.com,Somebody\n" * rows)
            tracemalloc.start()
            try:
                inspect(file)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        assert peak(60_000) < peak(2_000) + 500_000
