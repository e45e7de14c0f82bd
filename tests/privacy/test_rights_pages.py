"""The rights of people without an account: ask, prove, see, have it done. Without cookies."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from orders.models import Order
from privacy import copies, identity, request_links
from privacy.keys import blind_index
from privacy.models import DataCopy, PrivacyRequest, SubjectIdentifier
from tests.accounts.people import code_in, mails_go_out, new_person, path_of
from tests.factories import OrderAddressFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rights_shop")]
EMAIL = "guest@mail.example"
Status = PrivacyRequest.Status


@pytest.fixture
def order():
    """A guest's; the address was typed and never proved."""
    address = OrderAddressFactory(
        order__email=EMAIL, order__status=Order.Status.COMPLETED, name="Gesa Gastmann", postcode="10999"
    )
    subject = address.order.subject
    SubjectIdentifier.objects.prove(subject, "email", EMAIL)
    SubjectIdentifier.objects.update(verified_at=None)
    return address.order


def ask(client, kind, email=EMAIL):
    with mails_go_out():
        return client.post(path_of("privacy:rights_ask"), {"kind": kind, "email": email})


def prove(client, kind, *, email=EMAIL, code=None, fact=""):
    typed = {"kind": kind, "email": email, "code": code or code_in(mail.outbox[-1]), "fact": fact}
    with mails_go_out():
        return client.post(path_of("privacy:rights_prove"), typed)


def test_every_right_is_explained_and_asked_for_without_an_account(client):
    page = client.get(path_of("privacy:rights"))

    for kind in PrivacyRequest.Kind:
        assert f'value="{kind}"' in page.text
    assert not page.cookies
    assert path_of("privacy:rights") in client.get(path_of("privacy:data_map")).text  # in every footer


def test_a_known_and_an_unknown_address_get_the_same_answer(client, order):
    known = ask(client, "erasure")
    unknown = ask(client, "erasure", "nobody@mail.example")

    assert known.text == unknown.text.replace("nobody@mail.example", EMAIL)
    assert [letter.to for letter in mail.outbox] == [[EMAIL]]
    answers = [
        prove(client, "erasure", email=email, code="000000").text.replace(email, "")
        for email in (EMAIL, "nobody@mail.example")
    ]
    assert answers[0] == answers[1]
    assert "wrong or too old" in answers[0]


def test_an_answer_costs_as_much_work_for_an_unknown_address(client, order):
    costs = []
    for email in (EMAIL, "nobody@mail.example"):
        with CaptureQueriesContext(connection) as queries:
            ask(client, "erasure", email)
            client.post(path_of("privacy:guardian"), {"child": email, "name": "P", "email": "p@mail.example"})
        costs.append(sum("INSERT" in query["sql"] for query in queries))

    known, unknown = costs
    assert 0 < known <= unknown


@pytest.mark.promise("B-6.3")
def test_a_guest_proves_sees_the_plan_and_has_it_done(client, order):
    ask(client, "erasure")
    key = prove(client, "erasure", fact=order.number)["Location"]
    plan = client.get(key)
    with mails_go_out():
        outcome = client.post(key, {"when": "now", "is_sure": "on"}, follow=True)
    outcome = client.get(outcome.redirect_chain[-1][0])

    assert "UStG" in plan.text
    request = PrivacyRequest.objects.get()
    assert (request.status, request.source) == (Status.COMPLETED_WITH_RETENTION, "hub")
    assert "UStG" in outcome.text
    assert mail.outbox[-1].to == [EMAIL]
    assert not Order.objects.filter(pk=order.pk).exists()
    assert client.get(key).status_code == 404


def test_a_guest_gets_a_copy(client, order):
    ask(client, "access")
    key = prove(client, "access", fact="10999")["Location"]
    with mails_go_out():
        page = client.post(key, follow=True)
    page = client.get(key)
    file = client.post(f"{key}copy/")

    assert "Download the copy" in page.text
    assert "Gesa Gastmann" in zipfile.ZipFile(io.BytesIO(file.content)).read("data.json").decode()


def test_a_pass_for_another_right_opens_no_copy(client, order):
    with mails_go_out():
        copies.ask(order.subject, source=PrivacyRequest.Source.HUB)
    ask(client, "complaint")
    key = prove(client, "complaint", fact=order.number)["Location"]

    answer = client.post(f"{key}copy/")

    assert DataCopy.objects.exists()
    assert answer.status_code == 404


def test_what_is_taken_along_is_the_same_copy(client, order):
    ask(client, "portability")
    key = prove(client, "portability", fact=order.number)["Location"]

    with mails_go_out():
        client.post(key)

    assert PrivacyRequest.objects.get().status == Status.COMPLETED
    assert client.post(f"{key}copy/").status_code == 200


def test_the_address_alone_opens_nothing(client, order):
    ask(client, "access")

    page = client.get(prove(client, "access", fact="99999")["Location"])

    request = PrivacyRequest.objects.get()
    assert request.status == Status.IDENTITY_PENDING
    assert "Waits for proof" in page.text
    assert client.get(path_of("privacy:rights_open", "x")).status_code == 404


def test_a_request_the_person_proved_opens_nothing_to_whoever_has_the_code_alone(client, order):
    """Who only reads the mailbox must not walk in behind them while it is open."""
    ask(client, "complaint")
    prove(client, "complaint", fact=order.number)
    assert PrivacyRequest.objects.get().status == Status.VERIFIED

    answer = prove(client, "complaint", code=code_in(mail.outbox[0]), fact="99999")

    token = request_links.token_of(PrivacyRequest.objects.get())
    assert answer["Location"] == path_of("privacy:request", token)


def test_an_address_typed_for_one_order_does_not_lead_to_the_account_behind_it(client, order):
    """Zoë had one parcel announced to the guest's address. Its number opens nothing of hers."""
    zoe = new_person()
    parcel = OrderAddressFactory(order__subject=zoe.subject, order__email=EMAIL).order
    SubjectIdentifier.objects.create(
        subject=zoe.subject, kind="email", blind_index=blind_index("email", EMAIL)
    )

    ask(client, "access")
    answer = prove(client, "access", fact=parcel.number)

    request = PrivacyRequest.objects.get()
    assert (request.subject, request.status) == (order.subject, Status.IDENTITY_PENDING)
    assert answer["Location"] == path_of("privacy:request", request_links.token_of(request))


def test_a_guess_is_stopped_after_five_tries(client, order):
    ask(client, "access")

    codes = [prove(client, "access", code="000000").status_code for _try in range(5)]
    sixth = prove(client, "access")

    assert codes == [200] * 5
    assert sixth.status_code == 429
    assert not PrivacyRequest.objects.exists()


def test_a_code_is_good_for_a_quarter_of_an_hour_and_for_one_right(client, order):
    now = timezone.now()
    old = identity.code_of(EMAIL, "access", now - timedelta(minutes=15))
    other = identity.code_of(EMAIL, "erasure", now)

    for code in (old, other):
        with pytest.raises(identity.WrongCode):
            identity.prove(EMAIL, PrivacyRequest.Kind.ACCESS, code=code, fact=order.number)
    assert "code" not in str(PrivacyRequest.objects.values())


def test_a_pass_is_good_for_half_an_hour(client, order, time_machine):
    time_machine.move_to(timezone.now())
    ask(client, "access")
    key = prove(client, "access", fact=order.number)["Location"]
    assert client.get(key).status_code == 200

    time_machine.shift(31 * 60)

    assert client.get(key).status_code == 404


def test_a_request_is_looked_up_by_reference_and_code(client, order):
    ask(client, "objection")
    prove(client, "objection", fact=order.number)
    request = PrivacyRequest.objects.get()

    right = client.post(path_of("privacy:rights_look_up"), {"token": request_links.token_of(request).lower()})
    wrong = client.post(path_of("privacy:rights_look_up"), {"token": f"{request.reference}-AAAAAAAAAA"})

    assert request.reference in right["Location"]
    assert "There is no such request" in wrong.text


def test_an_account_that_cannot_sign_in_still_has_its_rights(client):
    zoe = new_person()
    SubjectIdentifier.objects.prove(zoe.subject, "email", zoe.email)
    order = OrderAddressFactory(order__subject=zoe.subject, order__status=Order.Status.COMPLETED).order
    User.objects.update(is_active=False)  # suspended

    ask(client, "access", zoe.email)
    page = client.get(prove(client, "access", email=zoe.email, fact=order.number)["Location"])

    assert "Make a copy" in page.text
