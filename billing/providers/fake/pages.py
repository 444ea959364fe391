"""The hosted pages: checkout, portal, an invoice, and the server's own page with clock and deliveries."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, Final

from billing.providers.fake import checkout, coupons, invoices, subscriptions, taxes
from billing.providers.fake.cards import CARDS
from billing.providers.fake.tongue import money, say
from billing.providers.fake.world import DAY, Refused, Thing

if TYPE_CHECKING:
    from billing.providers.fake.server import Fake

Shown = tuple[int, str, str]

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:#f6f6f8;color:#1c1c22}"
    "main{max-inline-size:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border:1px solid #d9d9e0;border-radius:.5rem}"
    "label{display:block;margin-block:.75rem .25rem}input,select{font:inherit;padding:.5rem;inline-size:100%;box-sizing:border-box}"
    "button{font:inherit;padding:.5rem 1rem;margin-block-start:1rem}.note{background:#fff3cd;padding:.5rem 1rem;border-radius:.25rem}"
    ".bad{color:#a30000}table{inline-size:100%;border-collapse:collapse}td,th{padding:.25rem;text-align:start;border-block-end:1px solid #eee}"
)


def frame(language: str, title: str, body: str, status: int = 200) -> Shown:
    """A page of this server, which says on each that no money moves."""
    note = f'<p class="note" role="note">{say("demonstration", language)}</p>'
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{note}{body}</main></body></html>"
    )
    return status, text, ""


def show(fake: Fake, method: str, path: str, form: dict[str, str]) -> Shown:
    """Answer a browser."""
    with fake.world.lock:
        try:
            for pattern, function in _PAGES:
                match = re.fullmatch(pattern, path)
                if match:
                    found = function(fake, method, form, *match.groups())
                    fake.world.keep()
                    return found
        except Refused as error:
            return frame("en", "Not possible", f"<p>{escape(str(error))}</p>", error.status)
    return frame("en", "Not found", "<p>There is no such page.</p>", 404)


def _language(session: Thing) -> str:
    return "ru" if session.get("locale") == "ru" else "en"


def _checkout(fake: Fake, method: str, form: dict[str, str], id: str) -> Shown:
    session = checkout.open_one(fake.world, id)
    language, bad = _language(session), ""
    if method == "POST":
        if form.get("confirmed") == "no":
            bad = say("declined", language)
        else:
            confirmed = form.get("confirmed") == "yes"
            try:
                found = checkout.complete(
                    fake.world,
                    session,
                    form.get("number", ""),
                    fake.address,
                    confirmed=confirmed,
                    country=form.get("country", ""),
                )
            except Refused as error:
                found, bad = "refused", str(error)
            if found == "paid":
                to = session["success_url"].replace("{CHECKOUT_SESSION_ID}", id)
                return 303, "", to
            if found == "authenticate":
                return frame(language, say("confirm", language), _confirmation(form, language))
            bad = bad or say("declined", language)
    return frame(
        language, say("checkout", language), _checkout_form(fake, session, language, bad), 402 if bad else 200
    )


def _confirmation(form: dict[str, str], language: str) -> str:
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(form.get(name, ""))}">'
        for name in ("number", "country")
    )
    return (
        f'<form method="post">{kept}'
        f"<p>{say('bank', language)}</p>"
        f'<button name="confirmed" value="yes">{say("confirm", language)}</button> '
        f'<button name="confirmed" value="no">{say("refuse", language)}</button></form>'
    )


def _checkout_form(fake: Fake, session: Thing, language: str, bad: str) -> str:
    kept = fake.world.hidden[session["id"]]
    rows = ""
    for one in subscriptions.asked(fake.world, None, kept["rows"]):
        name = fake.world.things[one.price["product"]]["name"]
        if one.metered:
            rows += f"<tr><td>{escape(name)}</td><td>{say('by use', language)}</td></tr>"
            continue
        interval = say(one.price["recurring"]["interval"], language)
        amount = money(one.amount, session["currency"], language)
        rows += f"<tr><td>{one.quantity} × {escape(name)}</td><td>{amount} {interval}</td></tr>"
    cards = "".join(f"<li><code>{c.number}</code> {say(c.words, language)}</li>" for c in CARDS.values())
    now = money(session["amount_total"], session["currency"], language)
    back = escape(session["cancel_url"] or "")
    return (
        f'<table>{rows}<tr><th scope="row">{say("now", language)}</th><td>{now}</td></tr></table>'
        + (f'<p class="bad" role="alert">{escape(bad)}</p>' if bad else "")
        + f'<form method="post"><label for="number">{say("number", language)}</label>'
        '<input id="number" name="number" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242" required>'
        + (_countries(language) if session["automatic_tax"]["enabled"] else "")
        + f"<button>{say('subscribe', language)}</button></form>"
        f"<p>{say('cards', language)}</p><ul>{cards}</ul>"
        + (f'<p><a href="{back}">{say("back", language)}</a></p>' if back else "")
    )


def _countries(language: str) -> str:
    """Where the payer is: the taxes of that country come on top."""
    rows = "".join(
        f'<option value="{code}">{say(code, language)}{f", {percent} %" if percent else ""}</option>'
        for code, percent in taxes.RATES.items()
    )
    return (
        f'<label for="country">{say("country", language)}</label>'
        f'<select id="country" name="country">{rows}</select>'
    )


def _portal(fake: Fake, method: str, form: dict[str, str], id: str) -> Shown:
    session = fake.world.get(id, "billing_portal.session")
    language, bad = _language(session), ""
    if method == "POST":
        try:
            bad = _portal_act(fake, session["customer"], form)
        except Refused as error:
            bad = str(error)
        if not bad:
            return 303, "", f"/portal/{id}"
        bad = say("declined", language) if bad in ("declined", "authenticate") else bad
    return frame(language, say("portal", language), _portal_body(fake, session, language, bad))


def _portal_act(fake: Fake, customer: str, form: dict[str, str]) -> str:
    """Do what a button of the portal asks; returns what went wrong."""
    world, act = fake.world, form.get("act", "")
    if act == "card":
        found = checkout.change_card(world, customer, form.get("number", ""))
        return "" if found == "paid" else found
    for sub in checkout.live_of(world, customer):
        if act in ("cancel", "keep"):
            wanted = "true" if act == "cancel" else "false"
            subscriptions.change(world, sub, {"cancel_at_period_end": wanted}, fake.address)
        elif act == "pay":
            for invoice in invoices.open_of(world, sub):
                found = subscriptions.pay(world, invoice, present=True)
                if found != "paid":
                    return found
    return ""


def _portal_body(fake: Fake, session: Thing, language: str, bad: str) -> str:
    world, customer = fake.world, session["customer"]
    parts = [f'<p class="bad" role="alert">{escape(bad)}</p>' if bad else ""]
    for sub in checkout.live_of(world, customer):
        act = "keep" if sub["cancel_at_period_end"] else "cancel"
        parts.append(f"<p>{say('status', language)}: {say(sub['status'], language)}</p>")
        parts.append(_button(act, language))
        if invoices.open_of(world, sub):
            parts.append(_button("pay", language))
    parts.append(
        f'<form method="post"><label for="number">{say("number", language)}</label>'
        '<input id="number" name="number" inputmode="numeric" autocomplete="off" required>'
        f'<button name="act" value="card">{say("card", language)}</button></form>'
    )
    rows = "".join(
        f'<tr><td><a href="{escape(one["hosted_invoice_url"])}">{one["number"]}</a></td>'
        f"<td>{money(one['total'], one['currency'], language)}</td><td>{say(one['status'], language)}</td></tr>"
        for one in world.all("invoice", customer=customer)
    )
    parts.append(f"<h2>{say('invoices', language)}</h2><table>{rows}</table>")
    if session["return_url"]:
        parts.append(f'<p><a href="{escape(session["return_url"])}">{say("back", language)}</a></p>')
    return "".join(parts)


def _button(act: str, language: str) -> str:
    return f'<form method="post"><button name="act" value="{act}">{say(act, language)}</button></form>'


def _invoice(fake: Fake, method: str, form: dict[str, str], id: str) -> Shown:
    found = fake.world.get(id, "invoice")
    rows = "".join(
        f"<tr><td>{escape(one['description'])}</td><td>{money(one['amount'], one['currency'], 'en')}</td></tr>"
        for one in found["lines"]["data"]
    )
    for row in found["total_discount_amounts"]:
        rows += f"<tr><td>Discount</td><td>{money(-row['amount'], found['currency'], 'en')}</td></tr>"
    for row in found["total_taxes"]:
        words = f"{_percent(fake, row)} ({row['taxability_reason'].replace('_', ' ')})"
        rows += f"<tr><td>{escape(words)}</td><td>{money(row['amount'], found['currency'], 'en')}</td></tr>"
    total = money(found["total"], found["currency"], "en")
    body = f'<p>{found["status"]}</p><table>{rows}<tr><th scope="row">Total</th><td>{total}</td></tr></table>'
    return frame("en", f"Invoice {found['number']}", body)


def _percent(fake: Fake, row: Thing) -> str:
    rate = fake.world.things[row["tax_rate_details"]["tax_rate"]]
    return f"{rate['display_name']} {rate['country']} {rate['percentage']:g} %"


def _own(fake: Fake, method: str, form: dict[str, str]) -> Shown:
    if method == "POST":
        if "days" in form:
            until = fake.world.now() + int(float(form["days"]) * DAY)
            subscriptions.advance(fake.world, until, fake.address)
        elif "code" in form:
            name = f"{float(form['percent']):g} %"
            told = {"percent_off": form["percent"], "duration": "forever", "name": name}
            coupon = coupons.create_coupon(fake.world, told, fake.address)
            code = {"code": form["code"], "promotion": {"coupon": coupon["id"]}}
            coupons.create_code(fake.world, code, fake.address)
        elif fake.post is not None:
            moods = fake.post.moods
            moods.repeat = max(1, min(5, int(form.get("repeat", "1"))))
            moods.shuffle, moods.down = "shuffle" in form, "down" in form
            moods.lose = max(0.0, min(1.0, float(form.get("lose", "0"))))
        return 303, "", "/"
    said: dict[str, Any] = fake.post.told() if fake.post is not None else {}
    counts = {kind: sum(1 for _ in fake.world.all(kind)) for kind in ("customer", "subscription", "invoice")}
    listed = "".join(f"<li>{name}: {number}</li>" for name, number in (counts | said).items())
    body = (
        f"<p>The clock was moved by {fake.world.offset // DAY} days.</p><ul>{listed}</ul>"
        '<form method="post"><label for="days">Move the clock by days</label>'
        '<input id="days" name="days" inputmode="decimal" value="1"><button>Move</button></form><h2>Deliveries</h2>'
        '<form method="post"><label for="repeat">Send each so many times</label><input id="repeat" name="repeat" value="1">'
        '<label for="lose">Lose this share (0 to 1)</label><input id="lose" name="lose" value="0">'
        '<p><label><input type="checkbox" name="shuffle"> in any order</label></p>'
        '<p><label><input type="checkbox" name="down"> nothing is delivered now</label></p><button>Set</button></form><h2>Coupons</h2>'
        '<form method="post"><label for="code">Code</label><input id="code" name="code" required>'
        '<label for="percent">Takes off per cent, for ever</label>'
        '<input id="percent" name="percent" inputmode="decimal" value="20"><button>Give out</button></form>'
    )
    return frame("en", "Demonstration payments", body)


_PAGES: Final[tuple[tuple[str, Callable[..., Shown]], ...]] = (
    (r"/", _own),
    (r"/checkout/(\w+)", _checkout),
    (r"/portal/(\w+)", _portal),
    (r"/invoices/(\w+)(?:/pdf)?", _invoice),
)
