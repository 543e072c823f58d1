from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "minzheng.payments"
    label = "payments"

    def ready(self) -> None:
        from minzheng.payments import holds, recoveries

        holds.listen()
        recoveries.listen()
