"""Settings of sign-in (allauth). Imported by ``config.settings``.

Codes instead of links everywhere: a link that only signs a row's number would confirm
somebody else's address after a restore. Guessing is slowed down by :mod:`identity.slowdown`,
which replaces allauth's counters for passwords and codes.
"""

from django.utils.translation import gettext_lazy as _

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/workspaces/entry/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "identity.passwords.LongEnough"},
    {"NAME": "identity.passwords.NotRepeated"},
    {"NAME": "identity.passwords.NotCommon"},
    {"NAME": "identity.passwords.NotAboutYou"},
]

# Codes by mail stand in the rows as digests.
SESSION_ENGINE = "identity.sessions"

ACCOUNT_ADAPTER = "identity.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 5
ACCOUNT_LOGIN_TIMEOUT = 30 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Signing in must work without Redis, so what guards it lies in the database.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reauthenticate": None, "change_password": None}
ACCOUNT_FORMS = {
    "login": "identity.forms.SignInForm",
    "reauthenticate": "identity.forms.PasswordAgainForm",
    "confirm_email_verification_code": "identity.forms.MailCodeForm",
    "confirm_password_reset_code": "identity.forms.ResetCodeForm",
    "reset_password": "identity.forms.ForgottenForm",
    "reset_password_from_key": "identity.forms.NewPasswordForm",
    "change_password": "identity.forms.ChangePasswordForm",
    "add_email": "identity.forms.ChangeEmailForm",
}
# Eight digits, as 1234-5678: easy to type on every keyboard, Russian ones too.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}

MFA_ADAPTER = "identity.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
# A passkey proves the device and the person, so it opens the account alone; a password still
# needs the second factor beside it.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# identity.passkeys compares the origin itself, and more strictly: scheme and host exactly as asked.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# There is nothing to guess about a passkey, and signing in must work without Redis.
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_TOTP_ISSUER = "Terem"
# One step of 30 s to either side: clocks differ. A code still counts once only (identity.factors).
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "identity.forms.SecondFactorForm",
    "reauthenticate": "identity.forms.SecondFactorAgainForm",
    "activate_totp": "identity.forms.SetUpForm",
    "add_webauthn": "identity.passkeys.AddForm",
    "edit_webauthn": "identity.passkeys.RenameForm",
    "login_webauthn": "identity.passkeys.SignInForm",
    "authenticate_webauthn": "identity.passkeys.FactorForm",
    "reauthenticate_webauthn": "identity.passkeys.AgainForm",
}

# What allauth says after a change, in our words; what is not named here is not said.
IDENTITY_NOTICES = {
    "account/messages/password_changed.txt": _("The new password is in force."),
    "account/messages/email_confirmed.txt": _("The e-mail address is confirmed."),
    "account/messages/email_confirmation_failed.txt": _("This address belongs to another account."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is ready."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
}
