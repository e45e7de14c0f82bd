import json

import pytest
from django.test import RequestFactory

from privacy import consent, gate, optional
from privacy.models import ConsentRecord
from privacy.purposes import Purpose
from privacy.signals import opts_out
from tests.accounts.people import new_person
from tests.factories import MarketFactory

Source = ConsentRecord.Source
HONOURED = "Opt-out request honoured"


@pytest.fixture
def zoe(client, market):
    zoe = new_person()
    client.force_login(zoe)
    return zoe


@pytest.fixture
def market(db):
    return MarketFactory()


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
@pytest.mark.parametrize(
    ("value", "is_signal"),
    [(value, True) for value in ("1", "1, 1", "1,1")]
    + [(value, False) for value in ("0", "", "true", "11", "1, 0", "null", "1;q=1", "yes")],
)
def test_a_signal_is_exactly_one_and_repeated_ones_count_once(header, value, is_signal):
    request = RequestFactory().get("/", headers={header: value})

    assert opts_out(request) is is_signal


def test_without_a_header_there_is_no_signal():
    assert not opts_out(RequestFactory().get("/"))


def test_the_shop_says_that_it_abides_by_gpc(client):
    answer = client.get("/.well-known/gpc.json")

    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.content) == {"gpc": True, "lastUpdate": "2026-11-22"}


@pytest.mark.promise("B-6.7")
@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_a_signal_is_shown_as_honoured_and_nothing_is_asked(client, market, counting, path_of, header):
    home, choices = (client.get(path_of(name), headers={header: "1"}) for name in HOME_AND_CHOICES)

    assert HONOURED in home.text
    assert HONOURED in choices.text
    assert "May we?" not in home.text
    assert not home.cookies


HOME_AND_CHOICES = ("catalogue:home", "privacy:choices")


def test_a_remembered_page_never_goes_to_a_browser_it_was_not_made_for(client, market, counting, path_of):
    home = path_of("catalogue:home")

    first = [client.get(home), client.get(home, headers={"Sec-GPC": "1"})]
    again = [client.get(home), client.get(home, headers={"Sec-GPC": "1"})]

    assert ["May we?" in page.text for page in first + again] == [True, False, True, False]
    assert [HONOURED in page.text for page in first + again] == [False, True, False, True]
    assert {"Sec-GPC", "DNT", "Cookie"} <= {name.strip() for name in first[0].headers["Vary"].split(",")}


def test_the_signal_of_somebody_signed_in_is_kept_once_for_all_their_devices(client, zoe, counting, path_of):
    consent.give(zoe.subject, Purpose.ANALYTICS, source=Source.PAGE, wording="May we count?")

    for _visit in range(3):
        client.get(path_of("catalogue:home"), headers={"Sec-GPC": "1"})
    client.force_login(zoe)  # another device
    client.get(path_of("catalogue:home"), headers={"Sec-GPC": "1"})

    kept = ConsentRecord.objects.filter(subject=zoe.subject, source=Source.SIGNAL)
    assert {record.purpose for record in kept} == set(optional.PURPOSES)
    assert kept.count() == len(optional.PURPOSES)
    assert not gate.permits(zoe.subject, Purpose.ANALYTICS)
    assert "Your browser asks us not to." in client.get(path_of("privacy:choices")).text


def test_a_choice_made_knowing_of_the_signal_stands_above_it(client, zoe, counting, path_of):
    page = path_of("privacy:choices")
    told = client.get(page, headers={"Sec-GPC": "1"})

    client.post(page, {"purpose": "analytics", "answer": "yes"}, headers={"Sec-GPC": "1"})
    client.force_login(zoe)  # another device, the same signal
    client.get(path_of("catalogue:home"), headers={"Sec-GPC": "1"})

    assert HONOURED in told.text
    assert gate.permits(zoe.subject, Purpose.ANALYTICS)


def test_a_signal_stands_above_a_choice_made_before_it(client, market, counting, path_of):
    page = path_of("privacy:choices")
    client.post(page, {"purpose": "analytics", "answer": "yes"})

    before = client.get(page)
    after = client.get(page, headers={"DNT": "1"})

    assert "You chose this." in before.text
    assert "Your browser asks us not to." in after.text


def test_a_restriction_stands_above_every_choice(client, zoe, counting, path_of):
    page = path_of("privacy:choices")
    client.post(page, {"purpose": "analytics", "answer": "yes"}, headers={"Sec-GPC": "1"})

    zoe.subject.status = zoe.subject.Status.RESTRICTED
    zoe.subject.save()

    assert "The use of your data is suspended." in client.get(page).text
    assert not gate.permits(zoe.subject, Purpose.ANALYTICS)
