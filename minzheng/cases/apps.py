from pathlib import Path

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "minzheng.cases"
    label = "cases"

    def ready(self) -> None:
        from minzheng.cases import handlers
        from minzheng.papers import catalogue

        here = Path(__file__).parent
        for papers in (here / "papers" / "papers.yaml", here / "income" / "papers.yaml"):
            catalogue.add(papers)
        handlers.register()
