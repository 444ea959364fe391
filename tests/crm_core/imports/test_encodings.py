"""Encodings are recognised from what people really send."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.imports.reading.encodings import ENCODINGS, encoding_of
from crm_core.imports.reading.likeness import likeness

TEXTS = {
    "Russian": "Название;Город\nООО «Ромашка»;Москва\nИП Иванов;Санкт-Петербург\nАО Ёлка, ул. Щорса № 5;Нижний Новгород\n",
    "one Russian word": "Имя\nАнна\n",
    "Russian capitals": "ИМЯ;ГОРОД\nИВАН;МОСКВА\n",
    "Ukrainian": "Київ;Львів\nЇжак;Європа\n",
    "French": "Crédit Agricole;Orléans\nÉlan;Besançon c’est déjà là\n",
    "Spanish": "Calle 5º, Nº 77\nMuñoz;Álvarez\n",
    "one Spanish sign": "a;5º\n",
    "German": "Müller & Söhne;Straße 5;Köln\n",
    "Polish": "Nazwa;Miasto\nŁódź Spółka;Kraków\nZażółć gęślą jaźń\n",
    "Czech": "Příliš žluťoučký kůň;Plzeň\n",
    "Turkish": "Şişli Işık;İstanbul;Beyoğlu;Kadıköy\n",
    "Greek": "Ελληνική εταιρεία,Αθήνα\nΘεσσαλονίκη,Πάτρα και άλλα\n",
    "Kazakh": "Алматы;Қазақстан\n",
    "euros": "price;5 €\n",
}
PAGES = [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "koi8-r", "cp866", "mac-cyrillic",
    "iso8859-5", "cp1252", "mac-roman", "cp850", "cp1250", "cp1254", "cp1253",
]  # fmt: skip
CASES = []
for name, text in TEXTS.items():
    for page in PAGES:
        try:
            CASES.append(pytest.param(text, text.encode(page), id=f"{name} in {page}"))
        except UnicodeEncodeError:
            continue


@pytest.mark.parametrize(("text", "data"), CASES)
def test_recognised(text, data):
    found = encoding_of(io.BytesIO(data))
    assert data[found.mark :].decode(found.name) == text
    assert found.name in ENCODINGS


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("shift_jis", "会社名,電話\n株式会社東京,03\n有限会社大阪商事,06\n日本の会社です,1\n"),
        ("gb18030", "公司名称,电话\n北京科技有限公司,010\n上海贸易有限公司,021\n"),
    ],
)
def test_scripts_beyond_ours(page, text):
    data = text.encode(page)
    assert data.decode(encoding_of(io.BytesIO(data)).name) == text


def test_one_torn_character_does_not_change_the_encoding():
    data = ("Москва;Ёлка\n" * 100).encode() + b"\xff;x\n"
    assert encoding_of(io.BytesIO(data)).name == "utf-8"


def test_the_file_is_rewound():
    file = io.BytesIO("Анна".encode("cp1251"))
    encoding_of(file)
    assert file.tell() == 0


@given(st.binary(max_size=300))
def test_any_bytes_have_an_encoding(data):
    found = encoding_of(io.BytesIO(data))
    data[found.mark :].decode(found.name, "replace")


def test_likeness_tells_sense_from_nonsense():
    assert likeness("Привет, Анна") > 0.3 > likeness("оПХБЕР, юММЮ")
    assert likeness("Crédit") > 0 > likeness("CrŽdito Ð¡Ð¾")
    assert likeness("plain") == 0
