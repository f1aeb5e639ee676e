"""Who may do what at the desk, and who wrote what."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db.models import QuerySet

from helpcenter.accounts.sessions import end_sessions
from helpcenter.domain.review import Role, Verb
from helpcenter.publishing.models import Event, ReviewPolicy, Revision

type Somebody = User | None

PERMISSIONS = {
    Role.AUTHOR: "publishing.write_document",
    Role.REVIEWER: "publishing.review_document",
    Role.PUBLISHER: "publishing.publish_document",
}


def roles(somebody: User) -> frozenset[Role]:
    """What somebody may do at the desk."""
    return frozenset(role for role, permission in PERMISSIONS.items() if somebody.has_perm(permission))


def reviewers() -> QuerySet[User]:
    """Everybody who may be asked for a review."""
    allowed = User.objects.with_perm(PERMISSIONS[Role.REVIEWER], backend="django.contrib.auth.backends.ModelBackend")
    return allowed.filter(is_staff=True)


def administrators() -> QuerySet[User]:
    """Everybody who gives roles."""
    allowed = User.objects.with_perm("auth.change_user", backend="django.contrib.auth.backends.ModelBackend")
    return allowed.filter(is_staff=True).order_by("username")


def writers(revision: Revision) -> QuerySet[Event]:
    """What was written on a revision, by whom."""
    return revision.events.filter(verb=Verb.SAVE)


def four_eyes() -> bool:
    """Whether nobody may approve what they wrote themselves."""
    return ReviewPolicy.objects.get().four_eyes


def wrote(somebody: User, revision: Revision) -> bool:
    """Whether somebody has written any of a revision's words."""
    return writers(revision).filter(by=somebody).exists()


def close_account(somebody: User) -> None:
    """Nobody signs in with it any more; it stays, because what its owner wrote and approved hangs on it.

    Its sessions and links end with its password, for which another unusable one stands even where none was chosen.
    """
    somebody.is_active = somebody.is_staff = somebody.is_superuser = False
    somebody.set_unusable_password()
    somebody.save(update_fields=["is_active", "is_staff", "is_superuser", "password"])
    somebody.groups.clear()
    somebody.user_permissions.clear()
    end_sessions(somebody)


def open_again(somebody: User) -> None:
    """What was closed is as on its first day: whoever has its old passkey does not come back with it.

    Its factors are there until then, for who is just asked for one: allauth leads them in circles if there is none.
    """
    somebody.set_unusable_password()
    somebody.save(update_fields=["password"])
    Authenticator.objects.filter(user=somebody).delete()
