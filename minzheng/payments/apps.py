from pathlib import Path

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "minzheng.payments"
    label = "payments"

    def ready(self) -> None:
        from minzheng.papers import catalogue
        from minzheng.payments import holds, recoveries

        catalogue.add(Path(__file__).parent / "papers.yaml")
        holds.listen()
        recoveries.listen()
