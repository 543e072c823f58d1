from django.apps import AppConfig


class DisasterConfig(AppConfig):
    name = "minzheng.sectors.disaster"
    label = "disaster"
