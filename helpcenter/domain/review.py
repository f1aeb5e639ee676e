"""Four eyes: the states of a revision, who may move it from one to the next, and what stands in the way."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from helpcenter.domain.findings import Finding


class State(StrEnum):
    """Where a revision is on its way to readers. Retired is not one of them: the live changes say it."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class Verb(StrEnum):
    """What somebody does to a revision."""

    SAVE = "save"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    PUBLISH = "publish"
    DISCARD = "discard"
    RESTORE = "restore"


class Role(StrEnum):
    """What somebody may do at the desk; one person may have several."""

    AUTHOR = "author"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True)
class Transition:
    """From one of these states to that one, by somebody in that role."""

    sources: frozenset[State]
    target: State
    role: Role


TRANSITIONS: Mapping[Verb, Transition] = {
    Verb.SAVE: Transition(frozenset({State.DRAFT}), State.DRAFT, Role.AUTHOR),
    Verb.SUBMIT: Transition(frozenset({State.DRAFT}), State.IN_REVIEW, Role.AUTHOR),
    Verb.TAKE_BACK: Transition(frozenset({State.IN_REVIEW, State.APPROVED}), State.DRAFT, Role.AUTHOR),
    Verb.SEND_BACK: Transition(frozenset({State.IN_REVIEW, State.APPROVED}), State.DRAFT, Role.REVIEWER),
    Verb.APPROVE: Transition(frozenset({State.IN_REVIEW}), State.APPROVED, Role.REVIEWER),
    Verb.PUBLISH: Transition(frozenset({State.APPROVED, State.PUBLISHED}), State.PUBLISHED, Role.PUBLISHER),
    Verb.DISCARD: Transition(frozenset({State.DRAFT}), State.DISCARDED, Role.AUTHOR),
    Verb.RESTORE: Transition(frozenset({State.DISCARDED}), State.DRAFT, Role.AUTHOR),
}


def obstacle(
    verb: Verb, state: State, roles: Collection[Role], *, wrote: bool, behind: bool, four_eyes: bool
) -> Finding | None:
    """What forbids the verb, or None.

    `wrote`: whoever acts has written some of the words. `behind`: readers see something else by now than what this
    was made from, so to approve it would undo what somebody else did. A version that they have seen is never behind:
    it may go live again whatever came after it, that is how to go back.
    """
    transition = TRANSITIONS[verb]
    if transition.role not in roles:
        return Finding("role-missing", "review")
    if state not in transition.sources:
        return Finding("state-wrong", "review")
    if verb is Verb.TAKE_BACK and not wrote:
        return Finding("others-words", "review")
    if verb is Verb.APPROVE and wrote and four_eyes:
        return Finding("own-words", "review")
    if behind and verb in (Verb.APPROVE, Verb.PUBLISH):
        return Finding("behind-live", "review")
    return None


def possible(state: State, roles: Collection[Role], *, wrote: bool, behind: bool, four_eyes: bool) -> frozenset[Verb]:
    """Everything that somebody may do to a revision as it stands: the buttons of its page."""
    return frozenset(
        verb for verb in Verb if not obstacle(verb, state, roles, wrote=wrote, behind=behind, four_eyes=four_eyes)
    )
