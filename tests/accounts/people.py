"""Signing in as a person does it, for the tests of accounts."""

import re
from contextlib import contextmanager

from django.conf import settings
from django.core import mail
from django.test import TestCase

from accounts.models import User
from shop.address import page_url

PASSWORD = "a kettle full of rain"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
# Documentation ranges are registered nowhere, so these are real networks of that country's registries.
GERMANY, GERMANY_NEXT_DOOR, GERMANY_ELSEWHERE = "84.128.10.1", "84.128.10.200", "84.129.77.1"
BRAZIL = "177.32.0.1"


def path_of(name, *args):
    return page_url(name, *args, language="en", country="DE").removeprefix(settings.SITE_URL)


def new_person(email="zoe@mail.example", **fields):
    fields = {"name": "Zoë Field", "language": "en", "country": "DE"} | fields
    user = User.objects.create_user(email, PASSWORD, **fields)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


@contextmanager
def mails_go_out():
    """What was queued for after the transaction happens at the end of the block."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


def register(client, email, **fields):
    typed = {"name": "Zoë Field", "email": email, "phone": "0151 23456789", "password1": PASSWORD} | fields
    with mails_go_out():
        return client.post(path_of("account_signup"), typed, follow=True)


def sign_in(client, email, password=PASSWORD, *, ip=GERMANY, browser=FIREFOX, follow=True):
    typed = {"login": email, "password": password}
    with mails_go_out():
        return client.post(
            path_of("account_login"), typed, follow=follow, REMOTE_ADDR=ip, HTTP_USER_AGENT=browser
        )


def code_in(letter):
    return re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]+)$", letter.body, re.MULTILINE).group(1)


def last_mail():
    return mail.outbox[-1]


def link_in(letter, part):
    return re.search(rf"https?://[^/\s]+(/\S*{part}\S*)", letter.body).group(1)
