"""What a demo company has beside the demo: one thing for each parameter of a URL, long names, imports in every state."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

from tests.browser.seed_accounts import key_in_letter
from tests.browser.seeded import Workspace

DATA = Path(__file__).parent / "data"
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "company": "Municipal Institution “Secondary School No. 14 with Advanced Study of Single Subjects, Named after Admiral Lazarev”",
        "person": "Bartholomew-Alexander Featherstonehaugh-Cholmondeley",
        "deal": "Complete replacement of lighting in the main building, the gymnasium, the dining hall and the outdoor grounds",
        "task": "Agree on the delivery date with the head of procurement and send the corrected specification",
        "note": "The head of operations asked for one price for both stages.\nDelivery before the season.",
        "narrow": "Guest",
        "team": "Service and installation",
        "tag": "Needs attention",
        "pipeline": "Service contracts",
        "heading": "Usual way of payment",
        "value": "Prepayment of thirty per cent",
        "file": "clients",
        "view": "Clients of the northern region without a next step",
        "trashed": "Harbour View Catering",
        "set": "Owner changed in 3 companies",
        "job": "Export of companies",
        "failed": "Import of clients-2026.csv",
        "error": "The file could not be read after line 118.",
    },
    "ru": {
        "company": "Муниципальное учреждение «Средняя школа № 14 с углублённым изучением отдельных предметов имени адмирала Лазарева»",
        "person": "Константин-Александр Преображенский-Задунайский",
        "deal": "Полная замена освещения в главном корпусе, спортивном зале, столовой и на прилегающей территории",
        "task": "Согласовать дату поставки с начальником отдела закупок и отправить исправленную спецификацию",
        "note": "Главный инженер просит одну цену на оба этапа.\nПоставка до начала сезона.",
        "narrow": "Гость",
        "team": "Сервис и монтаж",
        "tag": "Требует внимания",
        "pipeline": "Сервисные договоры",
        "heading": "Обычный способ оплаты",
        "value": "Предоплата тридцать процентов",
        "file": "клиенты",
        "view": "Клиенты северного региона без следующего шага",
        "trashed": "Столовая «Вид на гавань»",
        "set": "Смена ответственного в 3 компаниях",
        "job": "Выгрузка компаний",
        "failed": "Импорт клиентов",
        "error": "Файл не удалось прочитать после строки 118.",
    },
}  # fmt: skip


def add_things(found: Workspace, by: Any) -> None:
    """Fill the company of the present context and note the ids."""
    words = WORDS[by.language]
    for part in (_team, _clients, _sales, _activities, _records, _lists, _jobs, _imports):
        part(found, by, words)


def _team(found: Workspace, by: Any, words: dict[str, str]) -> None:
    from crm_core.team import actions
    from crm_core.team.models import Member

    role = actions.create_role(by=by, name=words["narrow"], rights=["clients.view"], visibility="own")
    guest = Member(name=words["narrow"], email="guest@north.example", role=role, language=by.language)
    guest.save()
    team = actions.create_team(by=by, name=words["team"], member_ids=[guest.id])
    invited = f"new.colleague@{found.slug}.example"
    invitation = actions.invite(by=by, email=invited, role_id=role.id)
    _partner(found, by, role)
    session, _other = actions.open_session(member=by, agent="Firefox", network="192.0.2.7")
    _session, found.keys["guest"] = actions.open_session(member=guest, agent="Chromium", network="127.0.0.1")
    found.things |= {
        "settings/members/": str(guest.id),
        "settings/packs/": "agency",
        "settings/roles/": str(role.id),
        "settings/teams/": str(team.id),
        "settings/invitations/": str(invitation.id),
        "settings/sessions/": str(session.id),
        "join/": key_in_letter(invited),
    }


def _partner(found: Workspace, by: Any, role: Any) -> None:
    """Somebody from outside who helps for a time, and one who is invited."""
    from datetime import timedelta

    from crm_core.team import actions
    from crm_core.team.models import Member
    from kernel.when import now

    name = {"en": "Ingrid Tegra", "ru": "Инга Тегра"}[by.language]
    until = now() + timedelta(days=20)
    partner = Member(name=name, email="ingrid@integrator.example", role=role, language=by.language)
    partner.partner_until = until
    partner.save()
    actions.invite_partner(by=by, email=f"second@{found.slug}.example", preset="look", until=until)
    found.things["settings/members/<uuid:id>/partner/"] = str(partner.id)


def _clients(found: Workspace, by: Any, words: dict[str, str]) -> None:
    from crm_core.clients import actions
    from crm_core.clients.models import HeadingValue, Person

    company = actions.create_company(by=by, values={"name": words["company"]})
    first, _blank, last = words["person"].partition(" ")
    actions.create_person(by=by, values={"first_name": first, "last_name": last}, company_id=company.card_id)
    heading = actions.create_heading(by=by, kind="company", name=words["heading"], values=[words["value"]])
    value = HeadingValue.objects.filter(heading=heading).first()
    rich = _richest()
    person = Person.objects.filter(employments__company=rich).first()
    assert person is not None and value is not None
    found.things |= {
        "companies/": str(rich.pk),
        "companies/long": str(company.pk),
        "people/": str(person.pk),
        "records/": str(rich.pk),
        "timeline/": str(rich.pk),
        "clients/#kind": "company",
        "settings/headings/": str(heading.id),
        "settings/values/": str(value.id),
        "companies/#name": "description",
        "people/#name": "position",
        "people/#company_id": str(rich.pk),
    }


def _richest() -> Any:
    """The company with the most that happened: its page shows every kind of entry."""
    from crm_core.clients.models import Company
    from crm_core.events.models import Event

    return max(
        Company.objects.select_related("card"),
        key=lambda company: Event.objects.filter(client_id=company.pk).count(),
    )


def _sales(found: Workspace, by: Any, words: dict[str, str]) -> None:
    from crm_core.sales import actions
    from crm_core.sales.models import Deal, Reason, Stage

    pipeline = actions.add_pipeline(by=by, name=words["pipeline"])
    long = actions.open_deal(by=by, name=words["deal"], client_id=found.things["companies/long"])
    deal = Deal.objects.filter(stage__kind="open").exclude(pk=long.pk).first()
    stage = Stage.objects.filter(kind="open", deals__isnull=False).order_by("position").first()
    reason = Reason.objects.filter(kind="lost").first()
    assert deal is not None and stage is not None and reason is not None
    found.things |= {
        "deals/": str(deal.pk),
        "deals/long": str(long.pk),
        "deals/#name": "amount",
        "settings/pipelines/": str(pipeline.id),
        "settings/stages/": str(stage.id),
        "settings/reason/": str(reason.id),
        "settings/reasons/#kind": "lost",
    }


def _activities(found: Workspace, by: Any, words: dict[str, str]) -> None:
    from crm_core.activities import actions
    from crm_core.notes.actions import add_note

    activity = actions.plan(by=by, title=words["task"], card_id=found.things["companies/long"])
    note = add_note(by=by, card_id=found.things["companies/"], text=words["note"])
    found.things |= {
        "activities/": str(activity.id),
        "tasks/": str(activity.id),
        "notes/": str(note.id),
    }


def _records(found: Workspace, by: Any, words: dict[str, str]) -> None:
    from crm_core.clients.actions import create_company
    from crm_core.records import actions
    from crm_core.records.models import Tag
    from kernel import context

    actions.add_tag(by=by, card_id=found.things["companies/"], name=words["tag"])
    change_set = actions.start_change_set(by=by, verb="records.trash", title=words["set"])
    trashed = create_company(by=by, values={"name": words["trashed"]})
    with context.altered(change_set=change_set.id):
        actions.trash(by=by, ids=[trashed.card_id])
    actions.finish_change_set(by=by, id=change_set.id, counts={"trashed": 1})
    found.things |= {
        "settings/tags/": str(Tag.objects.get(name=words["tag"]).id),
        "settings/trash/": str(trashed.card_id),
        "changes/": str(change_set.id),
    }


def _lists(found: Workspace, by: Any, words: dict[str, str]) -> None:
    from crm_core.lists.models import SavedView

    view = SavedView.objects.create(
        name=words["view"], table="companies", owner=by, shared="mine", position=99
    )
    found.things |= {
        "views/": str(view.id),
        "lists/#table": "companies",
        "lists/#name": "assign",
        "lists/<slug:table>/lanes/#table": "deals",
        "lists/#board": "stage",
        "lists/#key": found.things["settings/stages/"],
    }


def _jobs(found: Workspace, by: Any, words: dict[str, str]) -> None:
    from kernel.jobs.models import Job

    running = Job(name="browser.seen", title=words["job"], actor=by.id, state=Job.State.RUNNING)
    running.done, running.total = 840, 1307
    failed = Job(name="browser.seen", title=words["failed"], actor=by.id, state=Job.State.FAILED)
    failed.error = words["error"]
    for job in (running, failed):
        job.save()
    found.things |= {"jobs/": str(running.id), "jobs/failed": str(failed.id)}


def _imports(found: Workspace, by: Any, words: dict[str, str]) -> None:
    from crm_core.imports import actions
    from crm_core.imports.models import ImportRow

    def bring(name: str) -> Any:
        file = (DATA / f"clients-{by.language}.csv").read_bytes()
        draft = actions.upload(by=by, source=io.BytesIO(file), name=name)
        return actions.check(by=by, id=draft.id)

    undone, done = bring(f"{words['file']}-1.csv"), bring(f"{words['file']}-2.csv")
    for each in (undone, done):
        actions.start(by=by, id=each.id)
        _work()
    actions.undo(by=by, id=undone.id)
    _work()
    draft = bring(f"{words['file']}-3.csv")
    row = ImportRow.objects.filter(file=done).first()
    found.things |= {
        "imports/": str(draft.id),
        "imports/done": str(done.id),
        "imports/undone": str(undone.id),
        "imports/#number": str(row.number if row else 3),
    }


def _work() -> None:
    """Do what is waiting, unless a worker of the installation is faster."""
    from crm_core.imports.models import Import
    from tests.support.tenants import run_queue

    deadline = time.monotonic() + 60
    run_queue()
    while Import.objects.filter(state=Import.State.RUNNING).exists():
        assert time.monotonic() < deadline, "an import of the seed does not end"
        time.sleep(0.1)
        run_queue()
