"""Every address, as a stranger, another customer, each role of staff. `tests.walk` says whose it is."""

from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import roles
from accounts.models import User
from tests import walk
from tests.walk import BACK_OFFICE, STAFF_ROOM, TABLE, Place, Whose, World

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST")
NO_SUCH_PAGE = {404, 405}
CLOSED = {403, 404, 405}
# A machine proves itself by more than its origin; a mail program unsubscribes without a page of ours.
FROM_ANYWHERE = {"stripe_webhook", "mail_in", "mail_events", "sms_answer", "choices:unsubscribe"}
# Says that a message is gone, whether it was there or never was; it goes only if it is one's own.
SAME_ANSWER = {"accounts:delete_inbox_message": "/en-de/account/inbox/"}
# What is written about a person that staff of these roles need for their work; no other role reads it.
ALLOWED_WORDS = {
    "support": {"Aldermann", "vase is cracked"},
    "privacy": {"Aldermann", "vase is cracked"},
    "guardians": {"Aldermann", "vase is cracked"},
    "fulfilment": {"Aldermann", "Oranienstraße", "5550123", "alice@mail.example"},
    "owner": set(walk.SECRETS),
}


@pytest.fixture
def world():
    return walk.alices_world()


@pytest.fixture
def visitor(staff: Callable[[str], User]) -> Callable[[str], Client]:
    """Somebody with a browser of their own; whom a link throws out comes back in."""

    def come(who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who == "bob":
            client.force_login(User.objects.create_user("bob@mail.example", "a long password"))
        elif who == "owner":
            client.force_login(User.objects.create_superuser("owner@shop.example", "a long password"))
        elif who != "stranger":
            client.force_login(staff("" if who == "clerk" else who))
        return client

    return come


def found_words(response, allowed=frozenset()) -> set[str]:
    if response.streaming:
        return set()
    text = response.content.decode(errors="replace") + response.headers.get("Location", "")
    return {word for word in walk.SECRETS if word in text} - set(allowed)


def test_every_address_says_whose_it_is(world):
    known = {*TABLE, *BACK_OFFICE, *STAFF_ROOM, *(place.name for place in walk.places_of_models(world))}
    redirects_of_the_admin = {"admin:<path:object_id>/", "admin:(?P<url>.*)$"}

    present = set(walk.names())

    assert present - known - redirects_of_the_admin == set()
    assert known - present == set()


# --- The shop -----------------------------------------------------------------------------------------------


@pytest.mark.promise("A-V.5")
@pytest.mark.parametrize("who", ["stranger", "bob", "clerk", "support", "privacy", "owner"])
def test_nobody_opens_what_is_alices(world, visitor, who):
    """A page that is hers does not exist for anybody else, whatever their work."""
    client = visitor(who)

    for name, entry in TABLE.items():
        if entry.whose is not Whose.ALICE:
            continue
        for method in METHODS:
            answer = walk.asked(client, method, walk.path_to(name, entry.args(world)))
            entrances = ("/en-de/account/login/", "/en-de/account/reauthenticate/")
            sent_away = answer.status_code == 302 and (
                answer["Location"].startswith(entrances) or answer["Location"] == SAME_ANSWER.get(name)
            )
            assert answer.status_code in NO_SUCH_PAGE or sent_away, f"{method} {name}: {answer.status_code}"
            assert not found_words(answer), name
    for row in (world.notification, world.address, world.device, world.key, world.guest):
        row.refresh_from_db()  # nobody took it away


@pytest.mark.parametrize("who", ["stranger", "bob", "clerk", "owner"])
def test_what_is_everybodys_tells_nobody_of_alice(world, visitor, who):
    client = visitor(who)

    for name, entry in TABLE.items():
        if entry.whose in (Whose.ALICE, Whose.LINK) or name == "account_logout":
            continue
        for method in METHODS:
            answer = walk.asked(client, method, walk.path_to(name, entry.args(world)))
            assert answer.status_code < 500, f"{method} {name}: {answer.status_code}"
            assert not found_words(answer), f"{method} {name}"
            if entry.whose is Whose.SIGNED_IN and who == "stranger" and answer.status_code != 405:
                assert answer["Location"].startswith("/en-de/account/login/"), f"{method} {name}"


@pytest.mark.parametrize("who", ["stranger", "bob", "owner"])
def test_a_link_that_is_not_ours_leads_nowhere(world, visitor, who):
    client = visitor(who)

    for name, entry in TABLE.items():
        if entry.whose is not Whose.LINK:
            continue
        args = entry.args(world)
        token = str(args[0])
        forged = ("A" if token[-1] != "A" else "B").join([token[:-1], ""])
        for wrong in (forged, token[:12], "x"):
            for method in METHODS:
                answer = walk.asked(client, method, walk.path_to(name, [wrong, *args[1:]]))
                assert answer.status_code in NO_SUCH_PAGE, f"{method} {name}: {answer.status_code}"


def test_alice_opens_what_is_hers(world):
    """With empty forms, too: nothing is a server error. Her security key is invented, so it goes first."""
    Authenticator.objects.all().delete()
    client = Client(raise_request_exception=False)

    for name, entry in TABLE.items():
        for method in METHODS:
            client.force_login(world.alice)
            answer = walk.asked(client, method, walk.path_to(name, entry.args(world)))
            assert answer.status_code < 500, f"{method} {name}: {answer.status_code}"


def test_her_pages_are_there_for_her(world, client):
    client.force_login(world.alice)
    shown = ("accounts:edit_address", "accounts:inbox_message", "orders:order", "support:my_ticket")

    for name in shown:
        assert walk.asked(client, "GET", walk.path_to(name, TABLE[name].args(world))).status_code == 200


# --- The back office ----------------------------------------------------------------------------------------


def places(world: World) -> Iterator[Place]:
    yield from walk.places_of_models(world)
    for name, (right, args) in BACK_OFFICE.items():
        yield Place(name, right, args(world))


@pytest.mark.promise("A-V.5", "A-V.8", "B-3.6")
@pytest.mark.parametrize("who", ["stranger", "bob", "clerk", *roles.ROLES, "owner"])
def test_the_back_office_opens_by_role(world, visitor, who):
    client = visitor(who)
    user = User.objects.filter(pk=client.session.get("_auth_user_id")).first()

    for place in places(world):
        for method in METHODS:
            answer = walk.asked(client, method, walk.path_to(place.name, place.args))
            where = f"{method} {place.name}: {answer.status_code}"
            assert answer.status_code < 500, where
            assert not found_words(answer, ALLOWED_WORDS.get(who, ())), where
            if user is None or not user.is_staff:
                assert answer.status_code in (302, 404), where
            elif not may(user, place.right):
                assert answer.status_code in CLOSED or is_away(answer), where


def may(user: User, right: str) -> bool:
    """Who may change something may look at it."""
    return bool(user.has_perm(right) or user.has_perm(right.replace(".view_", ".change_")))


def is_away(answer):
    """The admin sends to its first page whoever asks for a row that is not there for them."""
    return answer.status_code == 302 and answer["Location"] == "/admin/"


@pytest.mark.parametrize("who", ["clerk", "support", "owner"])
def test_the_staff_room_tells_of_nobody(world, visitor, who):
    client = visitor(who)

    for name, args in STAFF_ROOM.items():
        if name == "admin:logout":
            continue
        for method in METHODS:
            answer = walk.asked(client, method, walk.path_to(name, args(world)))
            assert answer.status_code < 500, f"{method} {name}: {answer.status_code}"
            assert not found_words(answer), name


# --- Whatever the address -----------------------------------------------------------------------------------


def all_paths(world: World) -> Iterator[tuple[str, str]]:
    for name, entry in TABLE.items():
        yield name, walk.path_to(name, entry.args(world))
    for place in places(world):
        yield place.name, walk.path_to(place.name, place.args)
    for name, args in STAFF_ROOM.items():
        yield name, walk.path_to(name, args(world))


@pytest.mark.parametrize("who", ["stranger", "owner"])
def test_a_form_on_another_site_does_nothing(world, who):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if who == "owner":
        client.force_login(User.objects.create_superuser("owner@shop.example", "a long password"))

    for name, path in all_paths(world):
        answer = walk.asked(client, "POST", path, **{"Sec-Fetch-Site": "cross-site"})
        refused = answer.status_code in (403, 405) or (name in FROM_ANYWHERE and answer.status_code < 500)
        assert refused, f"{name}: {answer.status_code}"


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS"])
def test_nothing_is_echoed(world, method):
    client = Client(raise_request_exception=False)

    for name, path in all_paths(world):
        answer = walk.asked(client, method, path, **{"X-Secret": "do not repeat"})
        assert answer.status_code < 500, f"{name}: {answer.status_code}"
        assert answer.streaming or b"do not repeat" not in answer.content, name
        assert not (method == "TRACE" and "message/http" in answer.headers.get("Content-Type", ""))
