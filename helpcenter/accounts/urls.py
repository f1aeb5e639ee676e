"""The pages of accounts, by allauth's names. Those that nobody needs (signing up, addresses) are not there."""

from allauth.account import views as account
from django.urls import include, path, re_path

from helpcenter.accounts import views
from helpcenter.accounts.guard import asks_again

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", views.ChangePassword.as_view(), name="account_change_password"),
    path("password/set/", asks_again(views.SetPassword.as_view()), name="account_set_password"),
    path("password/forgotten/", views.forgotten, name="account_reset_password"),
    path("password/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.PasswordByLink.as_view(),
        name="account_reset_password_from_key",
    ),
    path("password/forgotten/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("factors/", views.SecondFactors.as_view(), name="mfa_index"),
    path("factors/", include("allauth.mfa.urls")),
    path("sessions/", views.Sessions.as_view(), name="usersessions_list"),
]
