"""Exports of other systems, known column by column, so that nothing has to be mapped by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.imports.mapping.targets import plain

# A column that is known and left out knowingly: it means nothing outside the old system.
LEFT_OUT = ""
_ENOUGH = 0.6


@dataclass(frozen=True)
class Profile:
    """One kind of export. `marks` are plain headings that must all be there to recognise it.

    `columns` maps plain headings to names of targets of `kind`; LEFT_OUT for those not to be taken. `label`
    is said to people.
    """

    key: str
    label: Any
    kind: str
    marks: frozenset[str]
    columns: Mapping[str, str]

    def target_of(self, heading: str) -> str | None:
        """The target's name, LEFT_OUT, or None for a heading that this export does not usually have."""
        bare = plain(heading)
        if bare in self.columns:
            return self.columns[bare]
        # Salesforce's own fields end so; they belong to one customer and come as the workspace's own, if at all.
        return LEFT_OUT if self.key.startswith("salesforce") and heading.casefold().endswith("__c") else None

    def share_of(self, headings: Sequence[str]) -> float:
        """The share of headings that are known, or 0 if a mark is missing."""
        if not self.marks <= {plain(heading) for heading in headings}:
            return 0.0
        known = sum(1 for heading in headings if self.target_of(heading) is not None)
        return known / len(headings)


def _profile(key: str, label: Any, kind: str, marks: str, columns: str, left_out: str = "") -> Profile:
    found = {plain(word): LEFT_OUT for word in left_out.split("|") if word}
    for pair in columns.split("|"):
        heading, _equals, name = pair.partition("=")
        found[plain(heading)] = name
    return Profile(
        key, label, kind, frozenset(plain(mark) for mark in marks.split("|")), MappingProxyType(found)
    )


_SALESFORCE_SYSTEM = (
    "IsDeleted|MasterRecordId|CreatedById|LastModifiedDate|LastModifiedById|SystemModstamp|LastActivityDate|"
    "LastViewedDate|LastReferencedDate|PhotoUrl|Jigsaw|JigsawCompanyId|JigsawContactId|CleanStatus|RecordTypeId|"
)
_BILLING = "BillingStreet=street|BillingCity=city|BillingState=province|BillingPostalCode=postcode|BillingCountry=country"
PROFILES: tuple[Profile, ...] = (
    _profile(
        "salesforce.account",
        _("Salesforce accounts"),
        "company",
        "Id|Name|BillingCity|OwnerId|SystemModstamp",
        f"Id=old_id|Name=name|Type=stage|ParentId=parent|{_BILLING}|Phone=phone|Fax=fax|Website=website|Industry=industry|"
        "AnnualRevenue=revenue|NumberOfEmployees=employees|Description=description|OwnerId=owner|CreatedDate=created_on|"
        "AccountSource=source",
        _SALESFORCE_SYSTEM + "ShippingStreet|ShippingCity|ShippingState|ShippingPostalCode|ShippingCountry|AccountNumber|Sic|"
        "SicDesc|Ownership|TickerSymbol|Rating|Site|BillingLatitude|BillingLongitude|BillingGeocodeAccuracy|ShippingLatitude|"
        "ShippingLongitude|ShippingGeocodeAccuracy|NaicsCode|NaicsDesc|Tradestyle|YearStarted|DunsNumber|DandbCompanyId",
    ),
    _profile(
        "salesforce.opportunity",
        _("Salesforce opportunities"),
        "deal",
        "Id|Name|StageName|CloseDate|OwnerId",
        "Id=old_id|AccountId=client_old_id|Name=name|Description=description|StageName=stage|Amount=amount|"
        "Probability=probability|CloseDate=expected_on|NextStep=next_step|LeadSource=source|IsClosed=closed|IsWon=won|"
        "OwnerId=owner|CreatedDate=opened_on|CurrencyIsoCode=currency",
        _SALESFORCE_SYSTEM + "ExpectedRevenue|TotalOpportunityQuantity|Type|ForecastCategory|ForecastCategoryName|"
        "HasOpportunityLineItem|PricebookId|Pricebook2Id|FiscalQuarter|FiscalYear|Fiscal|CampaignId|ContactId|"
        "HasOpenActivity|HasOverdueTask|LastStageChangeDate|PushCount|LastAmountChangedHistoryId|IsPrivate",
    ),
    _profile(
        "salesforce.contact",
        _("Salesforce contacts"),
        "person",
        "Id|LastName|AccountId|MailingCity|OwnerId",
        "Id=old_id|AccountId=company_old_id|LastName=last_name|FirstName=first_name|MiddleName=middle_name|"
        "MailingStreet=street|MailingCity=city|MailingState=province|MailingPostalCode=postcode|MailingCountry=country|"
        "Phone=phone|Fax=fax|MobilePhone=mobile|HomePhone=home_phone|OtherPhone=phone|Email=email|Title=position|"
        "LeadSource=source|Birthdate=birthday|Description=description|OwnerId=owner|CreatedDate=created_on",
        _SALESFORCE_SYSTEM + "Name|Salutation|Suffix|OtherStreet|OtherCity|OtherState|OtherPostalCode|OtherCountry|AssistantPhone|"
        "AssistantName|ReportsToId|Department|LastCURequestDate|LastCUUpdateDate|EmailBouncedReason|EmailBouncedDate|"
        "IsEmailBounced|IndividualId|MailingLatitude|MailingLongitude|MailingGeocodeAccuracy|OtherLatitude|"
        "OtherLongitude|OtherGeocodeAccuracy|HasOptedOutOfEmail|HasOptedOutOfFax|DoNotCall",
    ),
    _profile(
        "hubspot.company",
        _("HubSpot companies"),
        "company",
        "Record ID|Company name|Company owner",
        "Record ID=old_id|Company name=name|Company owner=owner|Create Date=created_on|Phone Number=phone|City=city|"
        "State/Region=province|Postal Code=postcode|Country/Region=country|Street Address=street|Industry=industry|"
        "Website URL=website|Company Domain Name=website|Annual Revenue=revenue|Number of Employees=employees|"
        "Description=description|Lifecycle Stage=stage|Type=stage|Original Source Type=source|Parent Company=parent",
        "Last Activity Date|Last Modified Date|Associated Contact IDs|Associated Contact|Associated Deal IDs|"
        "Associated Deal|Time Zone|Is Public|LinkedIn Company Page|Lead Status",
    ),
    _profile(
        "hubspot.contact",
        _("HubSpot contacts"),
        "person",
        "Record ID|First Name|Last Name|Email",
        "Record ID=old_id|First Name=first_name|Last Name=last_name|Email=email|Phone Number=phone|"
        "Mobile Phone Number=mobile|Contact owner=owner|Company Name=company|Associated Company=company|"
        "Associated Company IDs=company_old_id|Job Title=position|Lifecycle Stage=stage|Create Date=created_on|"
        "Street Address=street|City=city|State/Region=province|Postal Code=postcode|Country/Region=country|"
        "Original Source=source|Date of birth=birthday|Website URL=website",
        "Lead Status|Marketing contact status|Last Activity Date|Last Modified Date|Favorite Content Topics|"
        "Preferred channels|Associated Note|Associated Note IDs|Original Source Drill-Down 1",
    ),
    _profile(
        "hubspot.deal",
        _("HubSpot deals"),
        "deal",
        "Record ID|Deal Name|Deal Stage|Pipeline",
        "Record ID=old_id|Deal Name=name|Deal Stage=stage|Pipeline=pipeline|Amount=amount|Close Date=expected_on|"
        "Deal owner=owner|Create Date=opened_on|Currency=currency|Deal Currency Code=currency|Deal probability=probability|"
        "Associated Company=client|Associated Company IDs=client_old_id|Associated Contact=contact|Next step=next_step|"
        "Deal Description=description|Closed Lost Reason=reason|Is Closed Won=won|Is Deal Closed?=closed|"
        "Original Source Type=source",
        "Last Activity Date|Last Modified Date|Associated Contact IDs|Amount in company currency|Weighted amount|"
        "Forecast amount|Forecast category|Deal Type|Closed Won Reason|Priority|Days to close|Number of Associated Contacts",
    ),
    _profile(
        "pipedrive.organization",
        _("Pipedrive organisations"),
        "company",
        "Organization - Name|Organization - ID",
        "Organization - ID=old_id|Organization - Name=name|Organization - Owner=owner|Organization - Address=street|"
        "Organization - City/town/village/locality of Address=city|Organization - State/county of Address=province|"
        "Organization - ZIP/Postal code of Address=postcode|Organization - Country of Address=country|"
        "Organization - Label=tags|Organization - Labels=tags|Organization - Organization created=created_on|"
        "Organization - Website=website|Organization - Industry=industry|Organization - Annual revenue=revenue|"
        "Organization - Number of employees=employees",
        "Organization - Open deals|Organization - Won deals|Organization - Lost deals|Organization - Closed deals|"
        "Organization - Total activities|Organization - Done activities|Organization - Activities to do|"
        "Organization - People|Organization - Update time|Organization - Next activity date|"
        "Organization - Last activity date|Organization - Visible to|Organization - Profile picture",
    ),
    _profile(
        "pipedrive.person",
        _("Pipedrive people"),
        "person",
        "Person - Name|Person - ID",
        "Person - ID=old_id|Person - Name=name|Person - First name=first_name|Person - Last name=last_name|"
        "Person - Organization=company|Person - Organization ID=company_old_id|Person - Owner=owner|"
        "Person - Email - Work=email|Person - Email - Home=email|Person - Email - Other=email|Person - Email=email|"
        "Person - Phone - Work=phone|Person - Phone - Home=home_phone|Person - Phone - Mobile=mobile|"
        "Person - Phone - Other=phone|Person - Phone=phone|Person - Job title=position|Person - Label=tags|"
        "Person - Labels=tags|Person - Person created=created_on|Person - Birthday=birthday|Person - Notes=description",
        "Person - Open deals|Person - Won deals|Person - Lost deals|Person - Closed deals|Person - Total activities|"
        "Person - Done activities|Person - Activities to do|Person - Update time|Person - Next activity date|"
        "Person - Last activity date|Person - Visible to|Person - Profile picture",
    ),
    _profile(
        "pipedrive.deal",
        _("Pipedrive deals"),
        "deal",
        "Deal - Title|Deal - Stage",
        "Deal - ID=old_id|Deal - Title=name|Deal - Organization=client|Deal - Organization ID=client_old_id|"
        "Deal - Contact person=contact|Deal - Value=amount|Deal - Currency of Value=currency|Deal - Stage=stage|"
        "Deal - Pipeline=pipeline|Deal - Status=outcome|Deal - Owner=owner|Deal - Probability=probability|"
        "Deal - Expected close date=expected_on|Deal - Deal created=opened_on|Deal - Deal closed on=closed_on|"
        "Deal - Lost reason=reason|Deal - Label=tags|Deal - Labels=tags|Deal - Source channel=source",
        "Deal - Creator|Deal - Weighted value|Deal - Currency of Weighted value|Deal - Won time|Deal - Lost time|"
        "Deal - Update time|Deal - Last stage change|Deal - Next activity date|Deal - Last activity date|"
        "Deal - Total activities|Deal - Done activities|Deal - Activities to do|Deal - Visible to|Deal - Contact person ID",
    ),
    _profile(
        "amocrm.deal",
        _("amoCRM deals"),
        "deal",
        "Название сделки|Этап сделки|Воронка",
        "ID=old_id|Название сделки=name|Компания=client|Основной контакт=contact|Компания контакта=client|"
        "Ответственный=owner|Этап сделки=stage|Воронка=pipeline|Бюджет ₽=amount|Бюджет=amount|Бюджет , руб=amount|"
        "Дата создания сделки=opened_on|Дата создания=opened_on|Теги сделки=tags|Теги=tags|Примечание=description|"
        "Примечание 1=description|Дата закрытия=closed_on|Источник сделки=source|Причина отказа=reason|"
        "Ближайшая задача=next_step",
        "Кем создана сделка|Кем создана|Дата редактирования|Кем редактирована|Примечание 2|Примечание 3|"
        "Примечание 4|Примечание 5",
    ),
    _profile(
        "amocrm.contact",
        _("amoCRM contacts"),
        "person",
        "Имя контакта|Рабочий телефон|Рабочий email",
        "ID=old_id|Имя контакта=name|Имя=first_name|Фамилия=last_name|Полное имя контакта=name|Наименование=name|"
        "Компания контакта=company|Название компании=company|Компания=company|Ответственный=owner|"
        "Дата создания=created_on|Рабочий телефон=phone|Рабочий прямой телефон=phone|Мобильный телефон=mobile|"
        "Домашний телефон=home_phone|Другой телефон=phone|Факс=fax|Рабочий email=email|Личный email=email|"
        "Другой email=email|Должность=position|Теги=tags|Примечание=description|Примечание 1=description",
        "Тип|Сделки|Кем создан|Кем создано|Дата редактирования|Кем редактирован|Ближайшая задача|Примечание 2|Примечание 3|"
        "Примечание 4|Примечание 5",
    ),
    _profile(
        "bitrix24.company",
        _("Bitrix24 companies"),
        "company",
        "ID|Название компании|Ответственный",
        "ID=old_id|Название компании=name|Тип компании=stage|Сфера деятельности=industry|Кол-во сотрудников=employees|"
        "Годовой оборот=revenue|Комментарий=description|Ответственный=owner|Дата создания=created_on|Рабочий телефон=phone|"
        "Мобильный телефон=mobile|Другой телефон=phone|Номер факса=fax|Рабочий e-mail=email|Частный e-mail=email|"
        "Другой e-mail=email|Корпоративный сайт=website|Другой сайт=website|Фактический адрес=street|Адрес=street|"
        "Юридический адрес=street|Источник=source|Населенный пункт=city|Почтовый индекс=postcode|Страна=country|"
        "Область=province|Регион=province",
        "Логотип|Доступна для всех|Кем создана|Дата изменения|Кем изменена|Валюта|Банковские реквизиты|Контакт|Район|"
        "Телефон для рассылок|Пейджер|Telegram|Skype|ICQ|MSN|Jabber|Прочий контакт",
    ),
    _profile(
        "bitrix24.contact",
        _("Bitrix24 contacts"),
        "person",
        "ID|Имя|Фамилия|Ответственный",
        "ID=old_id|Имя=first_name|Отчество=middle_name|Фамилия=last_name|Дата рождения=birthday|Должность=position|"
        "Компания=company|Комментарий=description|Ответственный=owner|Дата создания=created_on|Рабочий телефон=phone|"
        "Мобильный телефон=mobile|Домашний телефон=home_phone|Другой телефон=phone|Номер факса=fax|Рабочий e-mail=email|"
        "Частный e-mail=email|Другой e-mail=email|Корпоративный сайт=website|Тип контакта=stage|Источник=source|"
        "Telegram=messenger|Skype=messenger|Улица, номер дома=street|Населенный пункт=city|Почтовый индекс=postcode|"
        "Страна=country|Область=province",
        "Фото|Обращение|Экспорт контакта|Доступен для всех|Кем создан|Дата изменения|Кем изменен|Описание источника|"
        "Дополнительно об источнике|Участвует в экспорте контактов|Телефон для рассылок|Пейджер|ICQ|MSN|Jabber|Прочий контакт|Район",
    ),
    _profile(
        "bitrix24.deal",
        _("Bitrix24 deals"),
        "deal",
        "ID|Стадия сделки|Ответственный",
        "ID=old_id|Название=name|Название сделки=name|Стадия сделки=stage|Воронка=pipeline|Направление=pipeline|"
        "Сумма=amount|Валюта=currency|Вероятность=probability|Вероятность, %=probability|Компания=client|Контакт=contact|"
        "Дата начала=opened_on|Дата создания=opened_on|Дата завершения=expected_on|Предполагаемая дата закрытия=expected_on|"
        "Комментарий=description|Ответственный=owner|Источник=source|Сделка закрыта=closed",
        "Тип|Тип сделки|Доступна для всех|Кем создана|Дата изменения|Кем изменена|Доход|Валюта отчета|"
        "Дополнительно об источнике|Повторная сделка|Повторное обращение|Регулярная сделка|Товар|Количество|Цена",
    ),
)  # fmt: skip


def recognise(headings: Sequence[str]) -> Profile | None:
    """The known export with these headings, the best covered one; nothing if none is covered well enough."""
    best = max(PROFILES, key=lambda profile: profile.share_of(headings))
    return best if headings and best.share_of(headings) >= _ENOUGH else None
