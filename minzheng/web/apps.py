from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "minzheng.web"
    label = "web"

    def ready(self) -> None:
        """Translations are compiled where they are older than their source: a checkout carries sources only."""
        from minzheng.web.compile_messages import compile_all

        compile_all()
