from django.apps import AppConfig


class DisasterConfig(AppConfig):
    name = "minzheng.sectors.disaster"
    label = "disaster"

    def ready(self) -> None:
        from minzheng.sectors.disaster import queries

        queries.register_kinds()
