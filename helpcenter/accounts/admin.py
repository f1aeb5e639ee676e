"""Nobody reads or writes the secrets of others' factors, not even an administrator."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

for model in (Authenticator, EmailAddress, UserSession):
    admin.site.unregister(model)
