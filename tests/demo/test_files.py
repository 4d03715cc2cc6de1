"""What a catalogue and baskets have to look like, and how a file says what is wrong with it."""

from pathlib import Path

import pytest

from infra.demo.files import Line, Product, Unreadable, read_catalogue, read_lines

CATALOGUE = "product_id,name,department,product_category,brand,package_size,price_cents"
BASKETS = "basket_id,household_id,at,product_id,quantity"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "given.csv"


def test_a_product_has_the_stock_that_the_catalogue_says(file: Path) -> None:
    file.write_text(f"{CATALOGUE},stock\n25671,ICE,GROCERY,FRZN ICE,National,22 LB,349,12\n")
    assert read_catalogue(file) == {
        "25671": Product("25671", "ICE", "GROCERY", "FRZN ICE", "National", "22 LB", 349, stock=12)
    }


def test_a_catalogue_may_say_nothing_of_stock_and_leave_what_is_only_told_of_a_product_empty(file: Path) -> None:
    file.write_text(f"{CATALOGUE}\n25671,ICE,,,,,349\n")
    assert read_catalogue(file)["25671"] == Product("25671", "ICE", "", "", "", "", 349, stock=None)


def test_columns_may_stand_in_any_order_among_others_and_fields_in_quotes(file: Path) -> None:
    file.write_text('\ufeffquantity,note,at,basket_id,product_id,household_id\r\n3,"a ""b"", c",now,9,25671,7\r\n\r\n')
    assert read_lines(file) == [Line("9", "7", "now", "25671", 3)]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("25671,ICE,G,F,N,22 LB,3.49", "line 2, column price_cents: '3.49' is no whole number from 0 up"),
        ("25671,ICE,G,F,N,22 LB,-1", "line 2, column price_cents: '-1' is no whole number from 0 up"),
        ("25671,,G,F,N,22 LB,349", "line 2, column name: '' is empty"),
        ("a/b,ICE,G,F,N,22 LB,349", "line 2, column product_id: 'a/b' is no id"),
        ("25671,ICE,G", "line 2: 3 fields, where the header has 7"),
        ('1,"ICE,G,F,N,22 LB,349', "line 2: unexpected end of data"),
        ("1,ICE,G,F,N,L,1\n1,ICE,G,F,N,L,1", "line 3, column product_id: '1' stands on an earlier line"),
    ],
)
def test_a_wrong_field_is_named_by_file_line_and_column(file: Path, row: str, wrong: str) -> None:
    file.write_text(f"{CATALOGUE}\n{row}\n")
    with pytest.raises(Unreadable) as raised:
        read_catalogue(file)
    assert str(raised.value).startswith(f"{file}, {wrong}")


@pytest.mark.parametrize("header", ["", "basket_id,household_id,at,product_id\n"])
def test_a_missing_column_is_named(file: Path, header: str) -> None:
    file.write_text(header)
    with pytest.raises(Unreadable, match=r"line 1: there is no column .*quantity"):
        read_lines(file)


def test_a_basket_belongs_to_one_household(file: Path) -> None:
    file.write_text(f"{BASKETS}\n9,7,now,1,1\n9,8,now,2,1\n")
    with pytest.raises(Unreadable, match="line 3, column household_id: basket 9 is of household 7"):
        read_lines(file)


def test_a_file_that_is_not_there_or_no_text_is_named(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"given.csv: No such file"):
        read_lines(file)
    with pytest.raises(Unreadable, match="Is a directory"):
        read_lines(tmp_path)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable, match=r"given.csv: is no text in UTF-8"):
        read_lines(file)
