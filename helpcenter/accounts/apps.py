from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "helpcenter.accounts"

    def ready(self) -> None:
        from helpcenter.accounts import notices, sessions

        sessions.listen()
        notices.listen()
