"""Countries by code and by the names that files use for them, in English and Russian."""

from __future__ import annotations

from phonenumbers import SUPPORTED_REGIONS

from kernel.text import fold

_NAMES = {
    "AE": "United Arab Emirates|UAE|ОАЭ|Объединённые Арабские Эмираты", "AM": "Armenia|Армения",
    "AR": "Argentina|Аргентина", "AT": "Austria|Австрия", "AU": "Australia|Австралия", "AZ": "Azerbaijan|Азербайджан",
    "BE": "Belgium|Бельгия", "BG": "Bulgaria|Болгария", "BR": "Brazil|Бразилия", "BY": "Belarus|Беларусь|Белоруссия",
    "CA": "Canada|CAN|Канада", "CH": "Switzerland|Швейцария", "CL": "Chile|Чили", "CN": "China|PRC|Китай|КНР",
    "CO": "Colombia|Колумбия", "CY": "Cyprus|Кипр", "CZ": "Czech Republic|Czechia|Чехия",
    "DE": "Germany|Deutschland|DEU|Германия", "DK": "Denmark|Дания", "EE": "Estonia|Эстония", "EG": "Egypt|Египет",
    "ES": "Spain|España|Испания", "FI": "Finland|Финляндия", "FR": "France|FRA|Франция",
    "GB": "United Kingdom|UK|Great Britain|England|Scotland|Wales|GBR|Великобритания|Англия",
    "GE": "Georgia|Грузия", "GR": "Greece|Греция", "HK": "Hong Kong|Гонконг", "HR": "Croatia|Хорватия",
    "HU": "Hungary|Венгрия", "ID": "Indonesia|Индонезия", "IE": "Ireland|Ирландия", "IL": "Israel|Израиль",
    "IN": "India|Индия", "IR": "Iran|Иран", "IS": "Iceland|Исландия", "IT": "Italy|Italia|Италия", "JP": "Japan|Япония",
    "KG": "Kyrgyzstan|Киргизия|Кыргызстан|Киргизстан", "KR": "South Korea|Korea|Южная Корея|Корея",
    "KZ": "Kazakhstan|Казахстан", "LT": "Lithuania|Литва", "LU": "Luxembourg|Люксембург", "LV": "Latvia|Латвия",
    "MC": "Monaco|Монако", "MD": "Moldova|Молдова|Молдавия", "ME": "Montenegro|Черногория",
    "MK": "North Macedonia|Macedonia|Македония", "MN": "Mongolia|Монголия", "MT": "Malta|Мальта", "MX": "Mexico|Мексика",
    "MY": "Malaysia|Малайзия", "NI": "Nicaragua|Никарагуа", "NL": "Netherlands|Holland|The Netherlands|Нидерланды|Голландия",
    "NO": "Norway|Норвегия", "NZ": "New Zealand|Новая Зеландия", "PE": "Peru|Перу", "PH": "Philippines|Филиппины",
    "PL": "Poland|Polska|Польша", "PT": "Portugal|Португалия", "RO": "Romania|Румыния", "RS": "Serbia|Сербия",
    "RU": "Russia|Russian Federation|RUS|Россия|РФ|Российская Федерация", "SA": "Saudi Arabia|Саудовская Аравия",
    "SE": "Sweden|Швеция", "SG": "Singapore|Сингапур", "SI": "Slovenia|Словения", "SK": "Slovakia|Словакия",
    "TH": "Thailand|Таиланд", "TJ": "Tajikistan|Таджикистан", "TM": "Turkmenistan|Туркменистан|Туркмения",
    "TR": "Turkey|Türkiye|Турция", "TW": "Taiwan|Тайвань", "UA": "Ukraine|Украина",
    "US": "United States|United States of America|USA|U.S.A.|U.S.|США|Соединённые Штаты",
    "UZ": "Uzbekistan|Узбекистан", "VN": "Vietnam|Вьетнам", "ZA": "South Africa|ЮАР",
}  # fmt: skip
_CODES = {fold(name): code for code, names in _NAMES.items() for name in names.split("|")}


def read_country(text: str) -> str | None:
    """The two-letter code of a country written as a code or a name, or nothing."""
    plain = text.strip()
    if len(plain) == 2 and plain.upper() in SUPPORTED_REGIONS:
        return plain.upper()
    return _CODES.get(fold(plain))
