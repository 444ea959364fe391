"""URLs under /account/ on the public site and on the operators' host. The names are allauth's: it reverses them."""

from django.urls import path

from identity.views import entrance, passkeys, security

urlpatterns = [
    path("", security.start, name="account"),
    path("login/", entrance.sign_in, name="account_login"),
    path("logout/", entrance.sign_out, name="account_logout"),
    path("signup/", entrance.sign_up, name="account_signup"),
    path("inactive/", entrance.inactive, name="account_inactive"),
    path("code/", entrance.mail_code, name="account_email_verification_sent"),
    path("second-factor/", entrance.second_factor, name="mfa_authenticate"),
    path("forgotten/", entrance.forgotten, name="account_reset_password"),
    path("forgotten/code/", entrance.reset_code, name="account_confirm_password_reset_code"),
    path("forgotten/password/", entrance.reset, name="account_complete_password_reset"),
    path("again/", security.password_again, name="account_reauthenticate"),
    path("again/code/", security.factor_again, name="mfa_reauthenticate"),
    path("security/", security.security, name="mfa_index"),
    path("password/", security.password, name="account_change_password"),
    path("email/", security.email, name="account_email"),
    path("second-factor/set-up/", security.set_up, name="mfa_activate_totp"),
    path("second-factor/removal/", security.remove, name="mfa_deactivate_totp"),
    path("passkeys/sign-in/", entrance.passkey, name="mfa_login_webauthn"),
    path("passkeys/new/", passkeys.add, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name/", passkeys.rename, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/removal/", passkeys.remove, name="mfa_remove_webauthn"),
    path("again/passkey/", security.passkey_again, name="mfa_reauthenticate_webauthn"),
    path("recovery-codes/", security.recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", security.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/file/", security.recovery_codes_file, name="mfa_download_recovery_codes"),
]
