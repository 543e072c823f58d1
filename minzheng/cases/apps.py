from pathlib import Path

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "minzheng.cases"
    label = "cases"

    def ready(self) -> None:
        from minzheng.cases import handlers
        from minzheng.papers import catalogue

        catalogue.add(Path(__file__).parent / "papers" / "papers.yaml")
        handlers.register()
