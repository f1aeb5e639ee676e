"""Who may do what at the desk, and who wrote what."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

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
    """Nobody signs in with it any more; it stays, because what its owner wrote and approved hangs on it."""
    somebody.is_active = somebody.is_staff = somebody.is_superuser = False
    if somebody.has_usable_password():
        somebody.set_unusable_password()
    somebody.save()
    somebody.groups.clear()
    somebody.user_permissions.clear()
