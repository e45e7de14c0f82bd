"""Every address of the shop, who may see what there, and a person to whom some of it belongs.

An address that is not in the table below fails `tests.test_all_urls`: whoever adds one says here whose it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import closing, links
from accounts.models import (
    Address,
    Channel,
    KnownDevice,
    Notification,
    Subscription,
    Topic,
    User,
)
from orders.links import status_token
from orders.models import Order
from privacy import guardians, minor_links, minors, request_links, requests
from privacy.models import MinorCase, PrivacyRequest, Restriction
from privacy.telling import Contact
from shop.address import page_prefix
from support.links import page_token
from support.models import Attachment, Ticket
from tests.factories import (
    AttachmentFactory,
    DataSubjectFactory,
    FulfilmentFactory,
    MessageFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
    TicketFactory,
    VariantFactory,
)

# What may be read on nobody's page but Alice's, her links' and that of whoever sends her parcels.
SECRETS = ("alice@mail.example", "Aldermann", "5550123", "Oranienstraße", "vase is cracked")


class Whose(Enum):
    """Who may open an address."""

    EVERYBODY = "everybody"
    SIGNED_IN = "whoever is signed in, and sees their own things there"
    ALICE = "Alice alone; there is no such page for anybody else"
    LINK = "whoever holds the link, which cannot be guessed"
    MACHINE = "another machine, which proves itself by a signature or a token"


@dataclass
class World:
    """Alice and what is hers."""

    alice: User
    order: Order
    ticket: Ticket
    chat: Ticket
    photo: Attachment
    address: Address
    device: KnownDevice
    notification: Notification
    closing: PrivacyRequest
    limit: Restriction
    key: Authenticator
    subscription: Subscription
    guest: Any
    case: MinorCase
    product: str
    category: str


@dataclass(frozen=True)
class Entry:
    whose: Whose
    args: Callable[[World], list[Any]] = lambda world: []


def every(*names: str, whose: Whose) -> dict[str, Entry]:
    return {name: Entry(whose) for name in names}


TABLE: dict[str, Entry] = {
    **every(
        "catalogue:home",
        "catalogue:all",
        "catalogue:search",
        "catalogue:suggest",
        "orders:cart",
        "orders:add_to_cart",
        "orders:begin_checkout",
        "orders:checkout",
        "privacy:data_map",
        "privacy:rights",
        "privacy:rights_ask",
        "privacy:rights_prove",
        "privacy:rights_look_up",
        "privacy:children",
        "privacy:guardian",
        "privacy:guardian_prove",
        "privacy:processors",
        "privacy:retention",
        "privacy:transparency",
        "privacy:choices",
        "privacy_cookies",
        "support:contact",
        "support:chat_start",
        "choices:newsletter",
        "accounts:preferences",  # without an account: the link to them is mailed
        "accounts:passkey",
        "healthz",
        "favicon.ico",
        "robots.txt",
        "gpc",
        "security_txt",
        "sitemap_index",
        whose=Whose.EVERYBODY,
    ),
    "catalogue:product": Entry(Whose.EVERYBODY, lambda world: [world.product]),
    "catalogue:category": Entry(Whose.EVERYBODY, lambda world: [world.category]),
    "catalogue:page": Entry(Whose.EVERYBODY, lambda world: ["delivery"]),
    **{
        f"privacy:{name}": Entry(Whose.EVERYBODY, lambda world: ["terms"])
        for name in ("policy", "policy_history", "policy_feed")
    },
    "privacy:policy_version": Entry(Whose.EVERYBODY, lambda world: ["terms", 1]),
    "privacy:policy_changes": Entry(Whose.EVERYBODY, lambda world: ["terms", 1]),
    "orders:change_line": Entry(Whose.EVERYBODY, lambda world: [1]),
    "sitemap_section": Entry(Whose.EVERYBODY, lambda world: ["en-de-pages"]),
    "media/<path:path>": Entry(Whose.EVERYBODY, lambda world: ["nothing.webp"]),
    # --- links that cannot be guessed -----------------------------------------------------------------------
    **{
        name: Entry(Whose.LINK, lambda world: [status_token(world.order)])
        for name in ("orders:status", "orders:returned", "orders:pay", "orders:cancel")
    },
    **{
        name: Entry(Whose.LINK, lambda world: [page_token(world.ticket)])
        for name in ("support:ticket", "support:received", "support:solve", "support:rate")
    },
    "support:attachment": Entry(Whose.LINK, lambda world: [page_token(world.ticket), world.photo.reference]),
    **{
        name: Entry(Whose.LINK, lambda world: [page_token(world.chat)])
        for name in ("support:chat", "support:chat_lines", "support:chat_events", "support:chat_end")
    },
    "choices:preferences": Entry(Whose.LINK, lambda world: [links.preferences_token(world.alice.subject)]),
    "choices:unsubscribe": Entry(
        Whose.LINK,
        lambda world: [links.unsubscribe_token(world.alice.subject, Topic.OFFERS, Channel.EMAIL)],
    ),
    "choices:newsletter_confirm": Entry(
        Whose.LINK,
        lambda world: [links.confirm_url(world.subscription).rstrip("/").rpartition("/")[2]],
    ),
    "accounts:reopen": Entry(Whose.LINK, lambda world: [closing.reopen_token(world.closing)]),
    **{
        name: Entry(Whose.LINK, lambda world: [request_links.pass_for(world.closing)])
        for name in ("privacy:rights_open", "privacy:rights_copy")
    },
    "privacy:rights_lift": Entry(
        Whose.LINK, lambda world: [request_links.pass_for(world.closing), world.limit.pk]
    ),
    "privacy:keep_limit": Entry(Whose.LINK, lambda world: [request_links.limit_token(world.limit)]),
    **{
        f"privacy:{name}": Entry(Whose.LINK, lambda world: [minor_links.age_token(world.case)])
        for name in ("age", "age_answer", "age_guardian")
    },
    **{
        f"privacy:{name}": Entry(Whose.LINK, lambda world: [minor_links.guardian_token(world.case.guardian)])
        for name in ("guardian_page", "guardian_copy")
    },
    "privacy:request": Entry(Whose.LINK, lambda world: [request_links.token_of(world.closing)]),
    "accounts:not_me": Entry(Whose.LINK, lambda world: ["a-sign-in-that-never-was"]),
    "accounts:old_address": Entry(Whose.LINK, lambda world: ["an-address-nobody-had"]),
    # --- the account ----------------------------------------------------------------------------------------
    **every(
        "accounts:home",
        "accounts:profile",
        "accounts:verify_phone",
        "accounts:send_phone_code",
        "accounts:addresses",
        "accounts:add_address",
        "accounts:settings",
        "accounts:inbox",
        "accounts:devices",
        "accounts:sign_out_others",
        "accounts:close",
        "orders:history",
        "orders:use_phone",
        "privacy:mine",
        "privacy:my_copy",
        "privacy:ask_mine",
        "privacy:download_copy",
        "support:tickets",
        "account_reauthenticate",
        "account_email",
        "account_change_password",
        "account_set_password",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
        whose=Whose.SIGNED_IN,
    ),
    "accounts:take_back": Entry(Whose.SIGNED_IN, lambda world: ["gender"]),
    **{
        name: Entry(Whose.ALICE, lambda world: [world.address.pk])
        for name in (
            "accounts:edit_address",
            "accounts:delete_address",
            "accounts:use_first",
            "orders:use_address",
        )
    },
    "accounts:inbox_message": Entry(Whose.ALICE, lambda world: [world.notification.uuid]),
    "accounts:delete_inbox_message": Entry(Whose.ALICE, lambda world: [world.notification.uuid]),
    "accounts:sign_out": Entry(Whose.ALICE, lambda world: [world.device.pk]),
    "orders:order": Entry(Whose.ALICE, lambda world: [world.order.number]),
    "orders:reorder": Entry(Whose.ALICE, lambda world: [world.order.number]),
    "orders:join": Entry(Whose.ALICE, lambda world: [world.guest.pk]),
    "support:my_ticket": Entry(Whose.ALICE, lambda world: [world.ticket.reference]),
    "support:solve_mine": Entry(Whose.ALICE, lambda world: [world.ticket.reference]),
    "support:rate_mine": Entry(Whose.ALICE, lambda world: [world.ticket.reference]),
    "support:my_attachment": Entry(
        Whose.ALICE, lambda world: [world.ticket.reference, world.photo.reference]
    ),
    "mfa_remove_webauthn": Entry(Whose.ALICE, lambda world: [world.key.pk]),
    "mfa_edit_webauthn": Entry(Whose.ALICE, lambda world: [world.key.pk]),
    # --- the entrance ---------------------------------------------------------------------------------------
    **every(
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_email_verification_sent",
        "account_reset_password",
        "account_confirm_login_code",
        "account_confirm_password_reset_code",
        "account_complete_password_reset",
        "account_password_reset_completed",
        "account_request_login_code",
        "mfa_authenticate",
        "mfa_login_webauthn",
        whose=Whose.EVERYBODY,
    ),
    # --- machines -------------------------------------------------------------------------------------------
    **every("stripe_webhook", "mail_in", "mail_events", "sms_answer", whose=Whose.MACHINE),
}

# Of the back office: the right that opens an address. What Django makes for each model has its own (below).
BACK_OFFICE: dict[str, tuple[str, Callable[[World], list[Any]]]] = {
    "admin:orders_order_deed": ("orders.change_order", lambda world: ["pack"]),
    "admin:privacy_accessgrant_open": ("orders.view_order", lambda world: ["orders.order", world.order.pk]),
    "admin:privacy_privacyrequest_correct": (
        "privacy.change_privacyrequest",
        lambda world: [world.closing.pk],
    ),
    "admin:support_ticket_evidence": ("support.view_ticket", lambda world: [world.photo.reference]),
    "admin:support_ticket_figures": ("support.view_ticket", lambda world: []),
    "admin:support_ticket_deed": ("support.change_ticket", lambda world: [world.ticket.pk, "close"]),
    "admin:support_ticket_chat": ("support.change_ticket", lambda world: [world.chat.pk]),
    "admin:support_ticket_chat_lines": ("support.change_ticket", lambda world: [world.chat.pk]),
    "admin:support_ticket_chat_events": ("support.change_ticket", lambda world: [world.chat.pk]),
    "admin:support_ticket_chat_hand_over": ("support.change_ticket", lambda world: [world.chat.pk]),
    "admin:support_ticket_chat_end": ("support.change_ticket", lambda world: [world.chat.pk]),
    "admin:accounts_notification_events": ("accounts.view_notification", lambda world: []),
    "admin:accounts_notification_preview": (
        "accounts.view_notification",
        lambda world: ["ticket_answered"],
    ),
    "admin:accounts_notification_mail": ("accounts.view_notification", lambda world: ["ticket_answered"]),
    "admin:accounts_campaign_release": ("accounts.change_campaign", lambda world: [999]),
    "admin:accounts_campaign_mail": ("accounts.view_campaign", lambda world: [999, "en"]),
}
# Open to all staff: it shows what each may do, and nothing else.
STAFF_ROOM: dict[str, Callable[[World], list[Any]]] = {
    "admin:index": lambda world: [],
    "admin:login": lambda world: [],
    "admin:logout": lambda world: [],
    "admin:password_change": lambda world: [],
    "admin:password_change_done": lambda world: [],
    "admin:autocomplete": lambda world: [],
    "admin:jsi18n": lambda world: [],
    "admin:view_on_site": lambda world: [1, 1],
    "admin:app_list": lambda world: ["support"],
}
NEEDS = {"changelist": "view", "change": "view", "history": "view", "add": "add", "delete": "delete"}


@dataclass(frozen=True)
class Place:
    """An address of the back office, and the right that opens it."""

    name: str
    right: str
    args: list[Any]


def names() -> Iterator[str]:
    """Of every pattern; where it has none, its route."""
    return _names(get_resolver(), "")


def _names(resolver: URLResolver, space: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"


def places_of_models(world: World) -> Iterator[Place]:
    """What Django makes for each model: with a row of Alice's where she has one."""
    for model in admin.site._registry:
        app, name = model._meta.app_label, model._meta.model_name
        row = hers(model, world)
        for page, right in NEEDS.items():
            args = [row] if page in ("change", "history", "delete") else []
            yield Place(f"admin:{app}_{name}_{page}", f"{app}.{right}_{name}", args)


def hers(model: type, world: World) -> Any:
    rows: list[Any] = [world.alice, world.alice.subject, world.order, world.ticket]
    rows += [world.notification, world.closing, world.case]
    known = {type(row): row.pk for row in rows}
    return known.get(model, 1)


def path_to(name: str, args: list[Any]) -> str:
    """Pages stand below language and market, the back office and machines at the root."""
    if name in ("healthz", "favicon.ico", "robots.txt"):
        return f"/{name}"
    if name == "media/<path:path>":
        return "/media/nothing.webp"
    if name.startswith(("admin:", "sitemap_")) or TABLE[name].whose is Whose.MACHINE:
        return reverse(name, args=args)
    with page_prefix("en", "DE"):
        return reverse(name, args=args)


def asked(client: Client, method: str, path: str, **headers: str) -> Any:
    """Never followed, and a stream is let go of."""
    response = client.generic(method, path, headers=headers)
    if response.streaming:
        # As the test client does it: without closing the connection that holds the test's transaction.
        request_finished.disconnect(close_old_connections)
        response.close()
        request_finished.connect(close_old_connections)
    return response


def alices_world():
    alice = User.objects.create_user(
        "alice@mail.example",
        "a long password",
        name="Alice Aldermann",
        phone="+493055501234",
        language="en",
        country="DE",
    )
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    order = OrderFactory(subject=alice.subject, email=alice.email, phone=alice.phone)
    OrderAddressFactory(order=order, name=alice.name, street="Oranienstraße 25")
    FulfilmentFactory(order=order)
    OrderLineFactory(order=order)
    mine = {"subject": alice.subject, "email": alice.email, "name": alice.name}
    ticket = TicketFactory(**mine, category="order", order=order)
    photo = AttachmentFactory(message=MessageFactory(ticket=ticket, body="My vase is cracked"))
    chat = TicketFactory(**mine, category="other", source="chat")
    MessageFactory(ticket=chat, body="My vase is cracked")
    guest = DataSubjectFactory()
    OrderFactory(subject=guest, email=alice.email)
    key = Authenticator.objects.create(
        user=alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}}
    )
    product = VariantFactory().product
    return World(
        alice=alice,
        order=order,
        ticket=ticket,
        chat=chat,
        photo=photo,
        address=Address.objects.create(
            subject=alice.subject, country="DE", name=alice.name, street="Oranienstraße 25", city="Berlin"
        ),
        device=KnownDevice.objects.create(subject=alice.subject, token_hash="a" * 64),
        notification=told(alice, ticket),
        closing=requests.receive(
            alice.subject, PrivacyRequest.Kind.ERASURE, source=PrivacyRequest.Source.ACCOUNT
        ),
        limit=Restriction.objects.create(
            subject=alice.subject, scope="purpose", purpose="legal", why="objection"
        ),
        key=key,
        subscription=Subscription.objects.create(
            subject=alice.subject, email=alice.email, language="en", country="DE"
        ),
        guest=guest,
        case=a_childs_case(),
        product=product.slug,
        category=product.category.slug,
    )


def a_childs_case() -> MinorCase:
    """Of somebody else: Alice is grown up."""
    case = minors.protect(DataSubjectFactory.create(kind="account"), signal=MinorCase.Signal.BIRTH_DATE)
    minors.confirm(case, actor=None)
    where = Contact("parent@mail.example", "en", "DE")
    guardians.name(case, name="Petra Parent", contact=where, actor=None)
    guardians.accept(case.guardian, actor=None)
    return case


def told(alice: User, ticket: Ticket) -> Notification:
    return Notification.objects.create(
        key="walk",
        subject=alice.subject,
        event="ticket_received",
        topic=Topic.SUPPORT,
        channel=Channel.INBOX,
        language="en",
        content_type=ContentType.objects.get_for_model(ticket),
        object_id=str(ticket.pk),
        status=Notification.Status.SENT,
    )
