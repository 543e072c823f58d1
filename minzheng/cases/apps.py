from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "minzheng.cases"
    label = "cases"

    def ready(self) -> None:
        from minzheng.cases import handlers

        handlers.register()
