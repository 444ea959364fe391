"""What the gallery shows: families of components, and whole pages. A component that is not here fails a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ui.gallery.samples import both


@dataclass(frozen=True)
class Component:
    """One entry: its template is ``gallery/components/<name>.html``."""

    name: str
    words: Any

    @property
    def template(self) -> str:
        return f"gallery/components/{self.name}.html"


@dataclass(frozen=True)
class Family:
    """Components of one page of the gallery."""

    name: str
    words: Any
    icon: str
    key: str
    components: tuple[Component, ...]


FAMILIES = (
    Family(
        "actions",
        both("Actions", "Действия"),
        "play",
        "a",
        (
            Component("button", both("Button", "Кнопка")),
            Component("icon_button", both("Icon button", "Кнопка-значок")),
            Component("menu", both("Menu", "Меню")),
            Component("segmented", both("Segmented choice", "Переключатель")),
            Component("copy", both("Copy field", "Копирование")),
        ),
    ),
    Family(
        "data",
        both("Data", "Данные"),
        "table-2",
        "d",
        (
            Component("marks", both("Avatars and links", "Люди и ссылки")),
            Component("badges", both("Badges and tags", "Значки и метки")),
            Component("figures", both("Figures", "Показатели")),
            Component("progress", both("Progress", "Ход работы")),
            Component("facts", both("Facts", "Сведения")),
            Component("related", both("Related records", "Связанные записи")),
            Component("timeline", both("Timeline", "Лента")),
            Component("todo", both("Tasks of a day", "Дела дня")),
        ),
    ),
    Family(
        "lists",
        both("Lists", "Списки"),
        "list-filter",
        "l",
        (
            Component("filters", both("Views and filters", "Представления и условия")),
            Component("table", both("Table", "Таблица")),
            Component("rows", both("Rows", "Строки")),
        ),
    ),
    Family(
        "forms",
        both("Forms", "Формы"),
        "square-pen",
        "f",
        (
            Component("fields", both("Fields", "Поля")),
            Component("choices", both("Choices", "Выбор")),
            Component("special", both("Money, days, search", "Деньги, даты, поиск")),
            Component("upload", both("File", "Файл")),
            Component("sections", both("Whole form", "Форма целиком")),
            Component("composer", both("Composer", "Новая запись")),
        ),
    ),
    Family(
        "feedback",
        both("Feedback", "Сообщения"),
        "info",
        "b",
        (
            Component("toast", both("Toast", "Уведомление")),
            Component("callout", both("Callout", "Пояснение")),
            Component("empty", both("Empty", "Пусто")),
            Component("limit", both("Limit", "Ограничение")),
            Component("skeleton", both("Skeleton", "Загрузка")),
            Component("conflict", both("Conflict", "Расхождение")),
            Component("dialogs", both("Dialogs", "Диалоги")),
            Component("tooltip", both("Tooltip", "Подсказка")),
            Component("guide", both("Step of a tour", "Шаг экскурсии")),
        ),
    ),
    Family(
        "shell",
        both("Shell", "Каркас"),
        "panel-right",
        "s",
        (
            Component("brand", both("Wordmark", "Знак")),
            Component("steps", both("Steps", "Шаги")),
            Component("icons", both("Icons", "Значки")),
            Component("tokens", both("Colours", "Цвета")),
        ),
    ),
)


@dataclass(frozen=True)
class Page:
    """A whole page built from the kit: ``gallery/pages/<name>.html``."""

    name: str
    words: Any

    @property
    def template(self) -> str:
        return f"gallery/pages/{self.name}.html"


PAGES = (
    Page("list", both("List", "Список")),
    Page("record", both("Record", "Запись")),
    Page("board", both("Board", "Доска")),
    Page("home", both("Today", "Сегодня")),
    Page("form", both("Form", "Форма")),
    Page("settings", both("Settings", "Настройки")),
    Page("import", both("Import", "Импорт")),
    Page("focus", both("One task", "Одна задача")),
    Page("signup", both("Sign-up", "Регистрация")),
    Page("console", both("Console", "Операторы")),
    Page("error", both("Error", "Ошибка")),
)
