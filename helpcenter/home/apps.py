from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "helpcenter.home"
    label = "home"

    def ready(self) -> None:
        from helpcenter.home.desk import add_to_the_desk

        add_to_the_desk()
