"""allauth's ways of doing things, as this shop wants them done."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import account_mail, logins, sessions, visits
from accounts.models import User
from privacy import journal
from privacy.keys import Sealed, secret_of
from privacy.models import DataSubject, SubjectIdentifier, SubjectKey

# Where allauth keeps how somebody signed in.
METHODS = "account_authentication_methods"
# Ways to sign in that prove more than a password does.
STRONG_METHODS = {"code", "mfa"}
SECRETS = "mfa.authenticator"
EMAIL = SubjectIdentifier.Kind.EMAIL


def email_of(user: User) -> str:
    """What allauth calls a person by; `str(user)` is kept out of everybody's sight on purpose."""
    return user.email


class AccountAdapter(DefaultAccountAdapter):
    """Registration, the watch over sign-ins, and mails that are queued like all others."""

    # --- Registering ------------------------------------------------------------------------------------

    def clean_email(self, email: str) -> str:
        return str(super().clean_email(email)).casefold()

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.subject = DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)
        user.name, user.phone = form.cleaned_data["name"], form.cleaned_data["phone"]
        user.language, user.country = request.LANGUAGE_CODE, request.market.country  # type: ignore[attr-defined]
        saved: User = super().save_user(request, user, form, commit)
        return saved

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Proved to be theirs: what was done under this address before can be found from now on.

        The one they had before may be somebody else's tomorrow, so it leads to them no longer.
        """
        is_confirmed: bool = super().confirm_email(request, email_address)
        if is_confirmed:
            subject = email_address.user.subject
            subject.identifiers.filter(kind=EMAIL, verified_at__isnull=False).delete()
            SubjectIdentifier.objects.prove(subject, EMAIL, email_address.email)
            journal.write_after_commit("change_address", subject, {"email": email_address.email})
        return is_confirmed

    def set_password(self, user: User, password: str) -> None:
        user.must_change_password = False
        super().set_password(user, password)

    # --- Signing in -------------------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if logins.is_stuffing(visits.visit_of(request)):
            raise ImmediateHttpResponse(respond_429(request))
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logins.fail(credentials.get("email", ""), visits.visit_of(request))

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if user.is_active and user.must_change_password:
            return _choose_new_password(request)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def is_login_by_code_required(self, login: Any) -> bool:
        """A sign-in that looks wrong needs the mailbox as well, unless it proved more than a password."""
        if login.user is None or login.signup or self._has_proved_more(login.user):
            return False
        visit = visits.visit_of(self.request)
        reasons = logins.unusual(login.user, visit)
        if not logins.is_risky(reasons):
            return False
        self.request.challenge = logins.challenge(login.user, visit, reasons=reasons)
        return True

    def login(self, request: HttpRequest, user: User) -> None:
        """Compared before Django notes the sign-in, kept after the session has got its key.

        A sign-in that waited for its second step while the account was locked ends here.
        """
        if user.must_change_password:
            raise ImmediateHttpResponse(_choose_new_password(request))
        visit = visits.with_device(visits.visit_of(request))
        reasons = logins.unusual(user, visit)
        super().login(request, user)
        sign_in = logins.succeed(user, visit, reasons=reasons, session_key=str(request.session.session_key))
        request.session[sessions.SIGN_IN] = sign_in.pk
        self._keep_addresses_out_of(request)
        request.device_token = visit.device_token  # type: ignore[attr-defined]

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        visits.remember_device(response, request.device_token)  # type: ignore[attr-defined]
        return response

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("catalogue:home")

    def _has_proved_more(self, user: User) -> bool:
        """A code or a passkey was used already, or a second step follows anyway."""
        methods = {record["method"] for record in get_authentication_records(self.request, user)}
        return bool(STRONG_METHODS & methods) or is_mfa_enabled(user)

    def _keep_addresses_out_of(self, request: HttpRequest) -> None:
        """allauth notes how somebody signed in together with the address, which a session need not know."""
        for record in request.session.get(METHODS, []):
            record.pop("email", None)

    # --- Mail -------------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if challenge := getattr(self.request, "challenge", None):
            account_mail.queue_challenge(challenge, context["code"])
        else:
            account_mail.queue(_name_of(template_prefix), email, context)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """allauth would add the address of the network and what the browser calls itself."""
        account_mail.tell(user, _name_of(template_prefix), email=email or user.email, details=context or {})


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the second step are sealed with the key of the person they belong to."""

    def encrypt(self, text: str) -> str:
        user: User = self.request.user
        sealed = Sealed.seal(
            text.encode(),
            key=secret_of(user.subject.key),
            subject_id=user.subject_id,
            place=SECRETS,
        )
        return base64.b64encode(sealed.data).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = Sealed(base64.b64decode(encrypted_text))
        key = SubjectKey.objects.get(subject_id=sealed.subject_id)
        return sealed.open(key=secret_of(key), place=SECRETS).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Proposed for a new passkey."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey") if count == 0 else _("Passkey %(number)s") % {"number": count + 1}

    def _get_site_name(self) -> str:
        """Shown by the browser and by the app that makes the codes."""
        return str(settings.SHOP_NAME)


def _choose_new_password(request: HttpRequest) -> HttpResponse:
    clear_login(request)
    return render(request, "account/choose_new_password.html")


def _name_of(template_prefix: str) -> str:
    return template_prefix.rpartition("/")[2]
