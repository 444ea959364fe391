"""A company that does not exist, in English and Russian: what the gallery shows its components with."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.functional import lazy
from django.utils.translation import get_language

from ui.shell import Guide, Mark, Place, Shell

NOW = datetime(2026, 11, 24, 9, 50, tzinfo=UTC)


def _choose(english: str, russian: str) -> str:
    return (russian if (get_language() or "en").startswith("ru") else english).replace("~", "\u00a0")


both = lazy(_choose, str)

ANNA = both("Anna Keller", "Анна Ковалёва")
MARK = both("Mark Osei", "Марк Осипов")
JULIA = both("Julia Stone", "Юлия Соколова")
DAVID = both("David Lind", "Давид Линдер")
PEOPLE = (ANNA, MARK, JULIA, DAVID, both("Ines", "Инна"))
STEPS = (
    both("File", "Файл"),
    both("Columns and check", "Столбцы и проверка"),
    both("Import", "Импорт"),
)
SQUARES = ("ok",) * 61 + ("bad",) + ("ok",) * 20 + ("run",) * 4 + ("wait",) * 14
HUES = (
    "grey",
    "red",
    "orange",
    "amber",
    "lime",
    "green",
    "teal",
    "sky",
    "indigo",
    "violet",
    "pink",
)


GUIDE = Guide(
    tour=both("For who sells or serves", "Для продаж и сервиса"),
    title=both("Tasks in one line", "Дела одной строкой"),
    text=both(
        "Write “call tomorrow 10:00” and the task is planned.",
        "Напишите «звонок завтра 10:00» — и дело запланировано.",
    ),
    number=2,
    total=6,
    url="#step",
    here=True,
    point="",
    turning="#turning",
    leaving="#leaving",
)


def shell(current: str, places: list[Place]) -> Shell:
    """The frame of the gallery: its families as places, and everything else that a frame can hold."""
    return Shell(
        workspace=str(both("Northern Light", "Северный свет")),
        member=str(ANNA),
        places=places,
        foot=[
            Place("import", both("Import", "Импорт"), "upload", "#import", key="i"),
            Place("settings", both("Settings", "Настройки"), "settings", "#settings", key="s"),
        ],
        bottom=places[:5],
        starred=[
            Mark(str(both("Harbour House Hotels", "Отели «Гавань»")), "#harbour", True),
            Mark(str(both("Aurora Dental", "Стоматология «Аврора»")), "#aurora", True),
        ],
        views=[Place("cool", both("Cooling down", "Остывают"), "list-filter", "#cool", 9)],
        settings=places,
        switch=[Place("profile", both("My profile", "Мой профиль"), "settings", "#profile")],
        palette="/gallery/try/palette/",
        leave="#leave",
    )
