"""Sample companies of the gallery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ui.gallery.samples import ANNA, DAVID, JULIA, MARK, both


@dataclass(frozen=True)
class Step:
    """What comes next with a client: words, icon, tone ("" if all is well)."""

    words: Any
    icon: str
    tone: str = ""


NO_STEP = Step(both("No next step", "Нет следующего шага"), "circle-alert", "warning")


@dataclass(frozen=True)
class Company:
    """A row of the list of companies."""

    id: int
    name: Any
    hue: str
    stage: Any
    stage_hue: str
    owner: Any
    sum: Any
    step: Step
    contact: Any
    tags: tuple[tuple[Any, str], ...] = ()
    chosen: bool = False


CLIENT = (both("Client", "Клиент"), "green")
PROPOSAL = (both("Proposal", "Предложение"), "sky")
QUALIFICATION = (both("Qualification", "Квалификация"), "grey")
NEGOTIATION = (both("Negotiation", "Переговоры"), "amber")
CONTRACT = (both("Contract", "Договор"), "teal")

_RETAIL = (both("Retail", "Розница"), "orange")
_SERVICE = (both("Service", "Сервис"), "teal")
_PUBLIC = (both("Public", "Госсектор"), "indigo")
_MEDICAL = (both("Medical", "Медицина"), "red")

COMPANIES = (
    Company(
        1,
        both("Pilgrim Bakeries", "Сеть пекарен «Пилигрим»"),
        "amber",
        *CLIENT,
        ANNA,
        both("€8,300", "768~000~₽"),
        Step(both("Invoice 1182, 3 days overdue", "Счёт № 1182, просрочен"), "receipt", "negative"),
        both("Sep~21", "21~сент."),
        (_RETAIL, _SERVICE),
        True,
    ),
    Company(
        2,
        both("Stanhope & Sons", "Мастерская «Сосна»"),
        "grey",
        *CLIENT,
        ANNA,
        both("€2,950", "274~000~₽"),
        Step(both("Signed copy, Nov~30", "Оригинал, 30~нояб."), "mail"),
        both("Oct~4", "4~окт."),
        ((both("Workshops", "Мастерские"), "grey"),),
        True,
    ),
    Company(
        3,
        both("Wave Fitness", "Фитнес-клубы «Волна»"),
        "lime",
        *CLIENT,
        MARK,
        both("€2,700", "250~000~₽"),
        Step(both("Check stock, today", "Проверить остаток, сегодня"), "square-check"),
        both("Oct~15", "15~окт."),
        ((both("Sport", "Спорт"), "lime"),),
        True,
    ),
    Company(
        4,
        both("Brightwater Clinics", "Клиники «Родник»"),
        "teal",
        *CLIENT,
        DAVID,
        both("€12,650", "1~170~000~₽"),
        Step(both("Yearly check, Dec~2", "Плановый осмотр, 2~дек."), "calendar"),
        both("Nov~10", "10~нояб."),
        (_MEDICAL, _SERVICE),
    ),
    Company(
        5,
        both("Lakeside School", "Школа «Лесная»"),
        "orange",
        *PROPOSAL,
        JULIA,
        both("€31,800", "2~940~000~₽"),
        NO_STEP,
        both("Nov~12", "12~нояб."),
        (_PUBLIC,),
    ),
    Company(
        6,
        both("Velvet Florists", "Цветы «Тюльпан»"),
        "pink",
        *QUALIFICATION,
        JULIA,
        both("€6,400", "590~000~₽"),
        NO_STEP,
        both("Nov~15", "15~нояб."),
        (_RETAIL,),
    ),
    Company(
        7,
        both("Aurora Dental", "Стоматология «Аврора»"),
        "green",
        *NEGOTIATION,
        ANNA,
        both("€27,450", "2~540~000~₽"),
        Step(both("Call, overdue since yesterday", "Звонок, просрочен со вчера"), "phone", "negative"),
        both("Nov~16", "16~нояб."),
        (_MEDICAL,),
    ),
    Company(
        8,
        both("Orion Logistics", "ООО «Орион Логистик»"),
        "violet",
        *CLIENT,
        MARK,
        both("€18,250", "1~688~000~₽"),
        Step(both("Site visit, today 11:00", "Выезд, сегодня 11:00"), "users"),
        both("Nov~18", "18~нояб."),
        ((both("Warehouses", "Склады"), "amber"), _SERVICE),
    ),
    Company(
        9,
        both("Kingfisher Library Trust", "Библиотека «Бирюза»"),
        "indigo",
        *PROPOSAL,
        DAVID,
        both("€22,100", "2~044~000~₽"),
        Step(both("Send drawings, Nov~26", "Отправить чертежи, 26~нояб."), "mail"),
        both("Nov~19", "19~нояб."),
        (_PUBLIC,),
    ),
    Company(
        10,
        both("City Coffee Roasters", "Кофейни «Город»"),
        "red",
        *CLIENT,
        ANNA,
        both("€7,900", "730~000~₽"),
        Step(both("Call, today 16:00", "Звонок, сегодня 16:00"), "phone"),
        both("Nov~20", "20~нояб."),
        ((both("Cafés", "Кафе"), "orange"),),
    ),
    Company(
        11,
        both("Noble & Reed Architects", "Архитектурное бюро «Эскиз»"),
        "sky",
        both("Partner", "Партнёр"),
        "violet",
        ANNA,
        None,
        Step(both("Lunch, Dec~4", "Обед, 4~дек."), "users"),
        both("Yesterday", "Вчера"),
        ((both("Architects", "Архитекторы"), "pink"),),
    ),
    Company(
        12,
        both("Meridian Business Centre", "Бизнес-центр «Меридиан»"),
        "teal",
        *NEGOTIATION,
        ANNA,
        both("€38,000", "3~515~000~₽"),
        Step(both("Meeting, today 14:30", "Встреча, сегодня 14:30"), "users"),
        both("Yesterday", "Вчера"),
        ((both("Offices", "Офисы"), "indigo"),),
    ),
    Company(
        13,
        both("Harbour House Hotels", "Отели «Гавань»"),
        "sky",
        *CLIENT,
        ANNA,
        both("€42,600", "3~940~000~₽"),
        Step(both("Call, tomorrow 10:00", "Звонок, завтра 10:00"), "phone"),
        both("Today", "Сегодня"),
        ((both("Hotels", "Отели"), "sky"), (both("Key", "Ключевой"), "violet")),
    ),
)
