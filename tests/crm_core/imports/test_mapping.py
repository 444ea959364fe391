"""Columns find their fields: known exports, names in two languages, values."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.imports.mapping import PROFILES, Target, guess, read_country, recognise, standard_targets
from crm_core.imports.mapping.targets import plain, spellings
from crm_core.imports.reading import glance, sniff

TARGETS = standard_targets()


def look(text):
    return glance(sniff(io.BytesIO(text.encode())), language="ru")


def mapped(text, targets=TARGETS, **how):
    columns = look(text)
    found = guess(columns, targets, **how)
    return found, {columns[g.column].name: g.target.key for g in found.guesses if g.target}


def test_generic_russian_companies_with_a_contact():
    found, keys = mapped(
        "Организация;ИНН;Телефон;Почта;Город;Контактное лицо;Должность;Примечание\n"
        "ООО А;7701234567;8 495 123-45-67;a@b.ru;Москва;Анна Петрова;директор;ок\n"
    )
    assert (found.kind, found.profile, found.ready) == ("company", None, False)
    assert keys == {
        "Организация": "company.name",
        "ИНН": "company.tax_number",
        "Телефон": "company.phone",
        "Почта": "company.email",
        "Город": "company.city",
        "Контактное лицо": "person.name",
        "Должность": "person.position",
        "Примечание": "company.description",
    }


def test_generic_people():
    found, keys = mapped("First Name,Last Name,E-mail,Phone 2,Company\nA,B,a@b.ru,+1 415 555 1212,Acme\n")
    assert found.kind == "person"
    assert keys == {
        "First Name": "person.first_name",
        "Last Name": "person.last_name",
        "E-mail": "person.email",
        "Phone 2": "person.phone",
        "Company": "person.company",
    }
    assert mapped("ФИО,Телефон,Компания\nАнна Петрова,+7 495 123-45-67,ООО А\n")[0].kind == "person"


def test_misspelt_names_and_bare_values():
    assert mapped("Compnay Name,Websiet\nAcme Ltd,www.a.com\n")[1] == {
        "Compnay Name": "company.name",
        "Websiet": "company.website",
    }
    found, keys = mapped("a,b,c\nAcme Ltd,x@y.com,US\nBeta Ltd,z@y.com,Canada\n", kind="company")
    assert keys == {"b": "company.email", "c": "company.country"}
    assert [str(g.reason) for g in found.guesses] == ["Not recognised.", "By its values.", "By its values."]


def test_values_that_contradict_the_name_lower_the_confidence():
    found, _keys = mapped("Company,E-mail\nAcme Ltd,no address\nBeta Ltd,none either\n", kind="company")
    assert found.guesses[1].confidence < 0.9
    assert "values look different" in str(found.guesses[1].reason)


def test_a_field_is_filled_by_one_column_unless_it_takes_many():
    _found, keys = mapped(
        "Company,Name of company,Phone,Phone 2,City,Town\nA b,C d,+7 495 123-45-67,+7 495 123-45-68,X,Y\n"
    )
    assert list(keys.values()).count("company.phone") == 2
    assert list(keys.values()).count("company.city") == 1


def test_own_fields_are_targets_like_others():
    own = Target("company", "custom.1", "Loyalty card", "text", ("карта лояльности",))
    _found, keys = mapped("Company,Loyalty Card\nAcme Ltd,X-1\n", (*TARGETS, own))
    assert keys["Loyalty Card"] == "company.custom.1"
    assert mapped("Компания,Карта лояльности\nООО А,X-1\n", (*TARGETS, own))[1]["Карта лояльности"] == own.key


AMO = "ID,Название сделки,Компания,Основной контакт,Ответственный,Этап сделки,Воронка,Бюджет ₽,Дата создания,Теги"
BITRIX = "ID,Тип,Название,Стадия сделки,Сумма,Валюта,Компания,Контакт,Ответственный,Дата создания,Предполагаемая дата закрытия"
HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Create Date,Associated Company"
PIPEDRIVE = "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Organization,Deal - Stage,Deal - Status,Deal - Owner"
CONTACTS = "Id,IsDeleted,AccountId,LastName,FirstName,MailingStreet,MailingCity,Phone,Email,Title,OwnerId,CreatedDate,Level__c"


@pytest.mark.parametrize(
    ("headings", "key"),
    [
        (AMO, "amocrm.deal"), (BITRIX, "bitrix24.deal"), (HUBSPOT, "hubspot.contact"), (PIPEDRIVE, "pipedrive.deal"),
        (CONTACTS, "salesforce.contact"),
    ],
)  # fmt: skip
def test_known_exports_are_ready(headings, key):
    found, keys = mapped(headings + "\n" + ",".join(f"v{n}" for n in range(headings.count(",") + 1)) + "\n")
    assert found.profile.key == key
    assert found.ready
    assert all(target.startswith(found.kind + ".") for target in keys.values())


def test_a_known_export_with_a_strange_column_is_not_ready():
    found, keys = mapped(AMO + ",Цвет\n" + ",".join("abcdefghijk") + "\n")
    assert found.profile.key == "amocrm.deal"
    assert not found.ready
    assert "Цвет" not in keys


def test_another_kind_chosen_by_hand_beats_the_profile():
    found, keys = mapped(AMO + "\n" + ",".join("abcdefghij") + "\n", kind="company")
    assert (found.kind, found.profile) == ("company", None)
    assert keys["Компания"] == "company.name"


def test_profiles_name_real_targets():
    for profile in PROFILES:
        names = {target.name for target in standard_targets(profile.kind)}
        assert {name for name in profile.columns.values() if name} <= names, profile.key
        assert profile.marks <= profile.columns.keys() or profile.key.startswith("salesforce"), profile.key


def test_targets_do_not_contradict_each_other():
    """A heading may mean two fields only if they belong to different kinds, or one of them may come twice."""
    for kind in ("company", "person", "deal"):
        seen: dict[str, str] = {}
        for target in standard_targets(kind):
            for word in spellings(target) - {plain(target.name)}:
                assert seen.setdefault(word, target.name) == target.name, (kind, word)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=6))
def test_any_headings_are_mapped_or_left(headings):
    assert recognise(headings) is None or headings
    columns = look(
        "\t".join(f"h{n}" for n in range(len(headings))) + "\n" + "\t".join("x y" for _ in headings) + "\n"
    )
    from dataclasses import replace

    columns = [replace(column, name=name) for column, name in zip(columns, headings, strict=False)]
    found = guess(columns, TARGETS)
    assert len(found.guesses) == len(columns)
    assert all(0 <= g.confidence <= 1 for g in found.guesses)


def test_countries():
    assert [read_country(name) for name in ("US", "usa", "United States", "США", "Canada", "gb", "РФ")] == [
        "US", "US", "US", "US", "CA", "GB", "RU",
    ]  # fmt: skip
    assert read_country("Moscow") is None
    assert read_country("XX") is None
