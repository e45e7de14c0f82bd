"""Asking for a right as people do it: signed in by a press, or as a guest by code and one more fact."""

import re

from django.core import mail

from tests.accounts.people import code_in, mails_go_out, path_of


def press(client, kind):
    """Signed in; the answer is the address of the page of this right."""
    with mails_go_out():
        return client.post(path_of("privacy:ask_mine"), {"kind": kind})["Location"]


def prove(client, kind, email, fact=""):
    """Without signing in, by the code in the mail."""
    with mails_go_out():
        client.post(path_of("privacy:rights_ask"), {"kind": kind, "email": email})
    typed = {"kind": kind, "email": email, "code": code_in(code_letter()), "fact": fact}
    with mails_go_out():
        return client.post(path_of("privacy:rights_prove"), typed)["Location"]


def code_letter():
    return next(letter for letter in reversed(mail.outbox) if "code" in letter.subject)


def send(client, url, **typed):
    """The whole way: what is told goes out, and the next page is shown."""
    with mails_go_out():
        return client.post(url, typed, follow=True)


def letter(subject):
    return next(one for one in reversed(mail.outbox) if subject in one.subject)


def words_of(page):
    return re.sub(r"\s+", " ", page.text)
