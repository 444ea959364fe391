"""Sample deals of the gallery, on their board."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ui.gallery.companies import COMPANIES, CONTRACT, NEGOTIATION, NO_STEP, PROPOSAL, QUALIFICATION, Step
from ui.gallery.samples import ANNA, DAVID, JULIA, MARK, both


@dataclass(frozen=True)
class Deal:
    """A card of the board; ``age`` and ``usual`` are days in its stage."""

    id: str
    name: Any
    client: Any
    sum: Any
    owner: Any
    step: Step
    age: int
    usual: int

    @property
    def old(self) -> bool:
        return self.age > self.usual * 0.8


@dataclass(frozen=True)
class Lane:
    """A column of the board."""

    key: str
    name: Any
    sum: Any
    deals: tuple[Deal, ...] = field(default_factory=tuple)


LANES = (
    Lane(
        "qualification",
        QUALIFICATION[0],
        both("€59,300", "5~483~000~₽"),
        (
            Deal(
                "d1",
                both("Shop windows, autumn", "Витрины к осени"),
                COMPANIES[5].name,
                both("€6,400", "590~000~₽"),
                JULIA,
                NO_STEP,
                9,
                10,
            ),
            Deal(
                "d2",
                both("Reading room and stacks", "Читальный зал и хранилище"),
                COMPANIES[8].name,
                both("€22,100", "2~044~000~₽"),
                DAVID,
                Step(both("Drawings, Nov~26", "Чертежи, 26~нояб."), "mail"),
                4,
                10,
            ),
            Deal(
                "d3",
                both("Spa and pool, moisture-proof", "Спа и бассейн, влагозащита"),
                COMPANIES[12].name,
                both("€24,200", "2~238~000~₽"),
                ANNA,
                Step(both("Measure on site, Dec~9", "Замер на месте, 9~дек."), "users"),
                3,
                10,
            ),
            Deal(
                "d4",
                both("Yoga studio dimmers", "Диммеры в зале йоги"),
                COMPANIES[2].name,
                both("€2,700", "250~000~₽"),
                MARK,
                Step(both("Check stock, today", "Остаток, сегодня"), "square-check"),
                1,
                10,
            ),
        ),
    ),
    Lane(
        "proposal",
        PROPOSAL[0],
        both("€62,850", "5~812~000~₽"),
        (
            Deal(
                "d5",
                both("Classroom retrofit, 24 rooms", "Замена света в 24 классах"),
                COMPANIES[4].name,
                both("€31,800", "2~940~000~₽"),
                JULIA,
                NO_STEP,
                12,
                14,
            ),
            Deal(
                "d6",
                both("Lobby and terrace lighting", "Освещение лобби и террасы"),
                COMPANIES[12].name,
                both("€18,400", "1~702~000~₽"),
                ANNA,
                Step(both("Call, tomorrow 10:00", "Звонок, завтра 10:00"), "phone"),
                5,
                14,
            ),
            Deal(
                "d7",
                both("Treatment rooms, phase 2", "Кабинеты, вторая очередь"),
                COMPANIES[3].name,
                both("€12,650", "1~170~000~₽"),
                DAVID,
                Step(both("Yearly check, Dec~2", "Плановый осмотр, 2~дек."), "calendar"),
                3,
                14,
            ),
        ),
    ),
    Lane(
        "negotiation",
        NEGOTIATION[0],
        both("€83,700", "7~743~000~₽"),
        (
            Deal(
                "d8",
                both("Twelve floors of office light", "Офисный свет на двенадцати этажах"),
                COMPANIES[11].name,
                both("€38,000", "3~515~000~₽"),
                ANNA,
                Step(both("Meeting, today 14:30", "Встреча, сегодня 14:30"), "users"),
                8,
                21,
            ),
            Deal(
                "d9",
                both("Showroom refit", "Обновление приёмной и холла"),
                COMPANIES[6].name,
                both("€27,450", "2~540~000~₽"),
                ANNA,
                Step(both("Call, overdue", "Звонок, просрочен"), "phone", "negative"),
                24,
                21,
            ),
            Deal(
                "d10",
                both("Loading bay floodlights", "Прожекторы для погрузочной зоны"),
                COMPANIES[7].name,
                both("€18,250", "1~688~000~₽"),
                MARK,
                NO_STEP,
                7,
                21,
            ),
        ),
    ),
    Lane(
        "contract",
        CONTRACT[0],
        both("€16,200", "1~498~000~₽"),
        (
            Deal(
                "d11",
                both("Service contract 2027", "Сервисный договор на 2027~год"),
                COMPANIES[9].name,
                both("€7,900", "730~000~₽"),
                ANNA,
                Step(both("Call, today 16:00", "Звонок, сегодня 16:00"), "phone"),
                3,
                10,
            ),
            Deal(
                "d12",
                both("Bakery no. 14, full set", "Пекарня № 14, полный комплект"),
                COMPANIES[0].name,
                both("€8,300", "768~000~₽"),
                ANNA,
                Step(both("Invoice 1182, overdue", "Счёт № 1182, просрочен"), "receipt", "negative"),
                6,
                10,
            ),
        ),
    ),
)
