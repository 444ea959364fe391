"""The few words of the hosted pages, in the two languages of the product."""

from __future__ import annotations

from typing import Final

from kernel.money import format_money

WORDS: Final = {
    "demonstration": (
        "Demonstration payments: no money moves here.",
        "Демонстрация оплаты: деньги не списываются.",
    ),
    "checkout": ("Subscribe", "Оформление подписки"),
    "portal": ("Your subscription", "Ваша подписка"),
    "confirm": ("Confirm the payment", "Подтвердить платёж"),
    "refuse": ("Do not confirm", "Не подтверждать"),
    "bank": ("Your bank asks you to confirm this payment.", "Банк просит подтвердить этот платёж."),
    "declined": ("The card was declined.", "Карта отклонена."),
    "number": ("Card number", "Номер карты"),
    "country": ("Country (its taxes come on top)", "Страна (её налоги добавятся к цене)"),
    "AT": ("Austria", "Австрия"),
    "CH": ("Switzerland", "Швейцария"),
    "DE": ("Germany", "Германия"),
    "ES": ("Spain", "Испания"),
    "FR": ("France", "Франция"),
    "GB": ("United Kingdom", "Великобритания"),
    "IT": ("Italy", "Италия"),
    "NL": ("Netherlands", "Нидерланды"),
    "US": ("United States", "США"),
    "subscribe": ("Subscribe", "Оформить"),
    "now": ("To pay now", "К оплате сейчас"),
    "cards": ("Test cards:", "Тестовые карты:"),
    "back": ("Back", "Назад"),
    "month": ("a month", "в месяц"),
    "year": ("a year", "в год"),
    "by use": ("by what is used", "по объёму"),
    "status": ("State", "Состояние"),
    "cancel": ("Cancel at the end of the period", "Отменить в конце периода"),
    "keep": ("Keep the subscription", "Оставить подписку"),
    "pay": ("Pay what is open", "Оплатить долг"),
    "card": ("Use this card", "Использовать эту карту"),
    "invoices": ("Invoices", "Счета"),
    "succeeds": ("succeeds", "проходит"),
    "is declined": ("is declined", "отклоняется"),
    "is accepted, later charges fail": (
        "is accepted, later charges fail",
        "принимается, но следующие списания не проходят",
    ),
    "asks for authentication once": ("asks for authentication once", "просит подтверждения один раз"),
    "asks for authentication each time": (
        "asks for authentication each time",
        "просит подтверждения каждый раз",
    ),
    "paid": ("paid", "оплачен"),
    "open": ("open", "не оплачен"),
    "draft": ("draft", "черновик"),
    "void": ("void", "аннулирован"),
    "active": ("active", "действует"),
    "trialing": ("trial", "пробный период"),
    "past_due": ("payment is late", "платёж просрочен"),
    "unpaid": ("unpaid", "не оплачена"),
}


def say(key: str, language: str) -> str:
    """The words of a key; a key without words is shown as it is."""
    english, russian = WORDS.get(key, (key, key))
    return russian if language == "ru" else english


def money(minor: int, currency: str, language: str) -> str:
    """An amount as the product words it."""
    return format_money(minor, currency.upper(), language, cents="always")
