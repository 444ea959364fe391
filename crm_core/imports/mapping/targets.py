"""What a column can become: targets are data, given by whoever imports; the standard ones stand here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.text import fold

Type = Literal[
    "text", "long", "email", "phone", "url", "date", "moment", "amount", "currency", "number", "percent", "yesno",
    "country", "id", "choice", "member", "reference",
]  # fmt: skip
LANGUAGES = ("en", "ru")


@dataclass(frozen=True)
class Target:
    """A field that a column can fill. `kind` is the record's kind, `label` what people see (lazy).

    `synonyms` are other headings for it in any language; `many` allows several columns (two phones).
    """

    kind: str
    name: str
    label: Any
    type: Type = "text"
    synonyms: tuple[str, ...] = ()
    many: bool = False

    @property
    def key(self) -> str:
        """`company.name`: how a mapping is stored."""
        return f"{self.kind}.{self.name}"


def plain(heading: str) -> str:
    """A heading without case, signs and spaces, so that `Billing Street` and `BILLINGSTREET` are one."""
    return re.sub(r"[^\w%№]|_", "", fold(heading)) or heading.casefold().strip()


@lru_cache(maxsize=2048)
def spellings(target: Target) -> frozenset[str]:
    """All plain headings of a target: its label in each language, its name, its synonyms."""
    found = {plain(synonym) for synonym in target.synonyms} | {plain(target.name)}
    for language in LANGUAGES:
        with translation.override(language):
            found.add(plain(str(target.label)))
    return frozenset(found)


def _target(
    kind: str, name: str, label: Any, type: Type, synonyms: str = "", *, many: bool = False
) -> Target:
    return Target(kind, name, label, type, tuple(word for word in synonyms.split("|") if word), many)


def _common(kind: str) -> tuple[Target, ...]:
    """What every client has."""
    return (
        _target(kind, "old_id", _("Id in the old system"), "id", "id|record id|ид|идентификатор|код|номер записи|external id|system id|guid|uuid"),
        _target(kind, "phone", _("Phone"), "phone", "phone number|telephone|tel|work phone|business phone|main phone|phone 1|phone - work|телефон|рабочий телефон|тел|номер телефона|контактный телефон|телефоны|телефон рабочий", many=True),
        _target(kind, "mobile", _("Mobile"), "phone", "mobile phone|mobile phone number|cell|cell phone|phone - mobile|мобильный|мобильный телефон|сотовый|телефон мобильный", many=True),
        _target(kind, "fax", _("Fax"), "phone", "fax number|факс|рабочий факс"),
        _target(kind, "email", _("E-mail"), "email", "email|email address|e-mail address|mail|work email|email - work|business email|почта|эл почта|электронная почта|электронный адрес|имейл|емейл|рабочий email|рабочий e-mail|e-mail рабочий", many=True),
        _target(kind, "website", _("Website"), "url", "web site|url|web|homepage|site|company domain name|website url|корпоративный сайт|сайт|веб-сайт|веб сайт|рабочий сайт"),
        _target(kind, "street", _("Street"), "text", "address|street address|address line 1|billing street|mailing street|billing address line 1|street 1|адрес|улица|улица дом|юридический адрес|фактический адрес|улица номер дома"),
        _target(kind, "city", _("City"), "text", "town|billing city|mailing city|город|населенный пункт"),
        _target(kind, "province", _("State or province"), "text", "state|province|state/region|county|billing state|billing state/province|mailing state|mailing state/province|область|край|область край|регион доставки"),
        _target(kind, "postcode", _("Postcode"), "text", "zip|zip code|postal code|zip/postal code|billing zip|billing postal code|billing zip/postal code|mailing zip/postal code|mailing postal code|индекс|почтовый индекс"),
        _target(kind, "country", _("Country"), "country", "country/region|billing country|mailing country|страна"),
        _target(kind, "owner", _("Owner"), "member", "owner id|account owner|contact owner|company owner|assigned to|responsible|responsible person|sales rep|manager|менеджер|ответственный|ответственная|куратор|ответственный менеджер"),
        _target(kind, "source", pgettext_lazy("of a client", "Came from"), "choice", "lead source|original source|source|origin|источник|источник контакта|канал|откуда узнали|источник привлечения"),
        _target(kind, "description", _("Description"), "long", "notes|note|comment|comments|remarks|about|about us|background|описание|примечание|примечания|комментарий|комментарии|заметка|заметки"),
        _target(kind, "tags", _("Tags"), "text", "labels|label|тег|теги|метки"),
        _target(kind, "created_on", _("Created on"), "date", "created|created date|create date|date created|creation date|added|add time|created at|дата создания|создан|создано|дата добавления"),
    )  # fmt: skip


COMPANY = (
    _target("company", "name", _("Company"), "text", "name|account name|company name|organization|organisation|organization name|account|client|customer|customer name|firm|название|название компании|наименование|компания|организация|клиент|контрагент|наименование организации|наименование контрагента|краткое наименование|заказчик|покупатель"),
    _target("company", "legal_name", _("Legal name"), "text", "full legal name|legal entity|юридическое название|полное наименование|юр лицо|юридическое лицо|название юр лица"),
    *_common("company"),
    _target("company", "parent", _("Parent company"), "reference", "parent account|parent company id|parent id|parent account id|головная компания|материнская компания|головной контрагент"),
    _target("company", "tax_number", _("Tax number"), "text", "vat|vat number|vat id|tax id|ein|tin|инн|инн/кпп|унп|бин|иин"),
    _target("company", "stage", pgettext_lazy("of a client", "Stage"), "choice", "type|account type|company type|lifecycle stage|customer type|status|relationship|тип|тип компании|статус|статус клиента|категория клиента"),
    _target("company", "industry", _("Industry"), "choice", "sector|branch|line of business|сфера деятельности|отрасль|вид деятельности|сфера"),
    _target("company", "region", _("Region"), "choice", "territory|area|регион|территория|округ"),
    _target("company", "size", pgettext_lazy("of a company", "Size"), "choice", "company size|размер|размер компании"),
    _target("company", "employees", _("Employees"), "number", "number of employees|employee count|headcount|staff|сотрудников|кол-во сотрудников|количество сотрудников|число сотрудников|сотрудники"),
    _target("company", "revenue", _("Yearly revenue"), "amount", "annual revenue|revenue|turnover|годовой оборот|оборот|выручка|годовая выручка"),
)  # fmt: skip
PERSON = (
    _target("person", "name", _("Full name"), "text", "name|contact name|contact|person|person - name|имя контакта|фио|ф и о|контакт|контактное лицо|полное имя|основной контакт|имя и фамилия"),
    _target("person", "first_name", _("First name"), "text", "firstname|given name|forename|имя"),
    _target("person", "last_name", _("Last name"), "text", "lastname|surname|family name|фамилия"),
    _target("person", "middle_name", _("Middle name"), "text", "patronymic|отчество"),
    _target("person", "position", pgettext_lazy("of a person", "Position"), "text", "title|job title|role|job|contact title|должность|роль"),
    _target("person", "company", _("Company of the person"), "reference", "company|company name|account name|organization|organisation|employer|associated company|person - organization|associated company name|компания|организация|место работы|компания контакта"),
    _target("person", "company_old_id", _("Company's id in the old system"), "reference", "account id|company id|associated company id|associated company ids|organization id|organisation id|ид компании|id компании"),
    *_common("person"),
    _target("person", "home_phone", _("Home phone"), "phone", "phone - home|домашний телефон|телефон домашний"),
    _target("person", "messenger", _("Messenger"), "text", "telegram|whatsapp|skype|im|мессенджер|телеграм"),
    _target("person", "birthday", _("Birthday"), "date", "birthdate|date of birth|birth date|dob|день рождения|дата рождения"),
    _target("person", "stage", pgettext_lazy("of a client", "Stage"), "choice", "lifecycle stage|lead status|contact type|status|тип контакта|статус|статус контакта"),
)  # fmt: skip
DEAL = (
    _target("deal", "name", _("Deal"), "text", "name|deal name|deal title|title|opportunity|opportunity name|subject|deal - title|название|название сделки|сделка|тема|наименование сделки"),
    _target("deal", "old_id", _("Id in the old system"), "id", "id|deal id|record id|opportunity id|deal - id|ид|ид сделки|id сделки|номер сделки"),
    _target("deal", "client", _("Client of the deal"), "reference", "company|company name|account|account name|organization|organisation|client|customer|deal - organization|associated company|associated company names|primary associated company|компания|компания контакта|клиент|организация|контрагент|заказчик"),
    _target("deal", "client_old_id", _("Client's id in the old system"), "reference", "account id|company id|associated company id|associated company ids|organization id|ид компании|id компании|ид клиента"),
    _target("deal", "contact", _("Contact person"), "reference", "contact|contact name|primary contact|associated contact|associated contact names|person|deal - contact person|contact person|контакт|основной контакт|контактное лицо"),
    _target("deal", "pipeline", _("Pipeline"), "choice", "deal pipeline|deal - pipeline|воронка|воронка продаж|направление"),
    _target("deal", "stage", pgettext_lazy("of a deal", "Stage"), "choice", "deal stage|stage name|pipeline stage|sales stage|deal - stage|этап|этап сделки|стадия|стадия сделки|статус сделки"),
    _target("deal", "outcome", _("Open, won or lost"), "choice", "status|deal - status|deal status|result|is won or lost|результат|исход"),
    _target("deal", "closed", _("Closed"), "yesno", "is closed|is deal closed|закрыта|сделка закрыта"),
    _target("deal", "won", pgettext_lazy("deal", "Won"), "yesno", "is won|is deal won|is closed won|выиграна|успешна"),
    _target("deal", "amount", _("Amount"), "amount", "value|deal value|deal amount|deal - value|budget|price|sum|total|potential|сумма|сумма сделки|бюджет|стоимость|бюджет сделки|бюджет ₽|бюджет руб|сумма руб"),
    _target("deal", "currency", _("Currency"), "currency", "deal currency|currency code|deal - currency of value|amount currency|currency iso code|opportunity currency|валюта"),
    _target("deal", "probability", _("Probability"), "percent", "probability (%)|deal probability|win probability|chance|deal - probability|вероятность|вероятность %"),
    _target("deal", "expected_on", _("Expected on"), "date", "close date|expected close date|closing date|expected closing date|deal - expected close date|предполагаемая дата закрытия|ожидаемая дата закрытия|дата завершения|срок|плановая дата закрытия"),
    _target("deal", "closed_on", _("Closed on"), "date", "closed date|actual close date|closed at|won time|lost time|deal - deal closed on|дата закрытия|дата закрытия сделки"),
    _target("deal", "opened_on", _("Opened on"), "date", "created|created date|create date|date created|deal created|deal - deal created|start date|begin date|дата создания|дата создания сделки|дата начала|создана"),
    _target("deal", "owner", _("Owner"), "member", "owner id|deal owner|opportunity owner|deal - owner|assigned to|responsible|responsible person|sales rep|ответственный|ответственная|менеджер"),
    _target("deal", "source", _("Came from"), "choice", "lead source|source|original source|deal source|источник|источник сделки"),
    _target("deal", "reason", _("Reason of loss"), "choice", "lost reason|closed lost reason|deal - lost reason|loss reason|причина отказа|причина проигрыша|причина закрытия"),
    _target("deal", "next_step", _("Next step"), "text", "next action|ближайшая задача|следующий шаг"),
    _target("deal", "description", _("Description"), "long", "notes|note|comment|comments|deal description|примечание|примечания|комментарий|комментарии|описание|заметки|примечание 1"),
    _target("deal", "tags", _("Tags"), "text", "labels|label|deal - label|теги|теги сделки|метки"),
)  # fmt: skip
STANDARD: dict[str, tuple[Target, ...]] = {"company": COMPANY, "person": PERSON, "deal": DEAL}


def standard_targets(*kinds: str) -> tuple[Target, ...]:
    """The standard targets of these kinds, of all kinds by default."""
    return tuple(target for kind in kinds or tuple(STANDARD) for target in STANDARD[kind])
