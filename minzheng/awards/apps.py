from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "minzheng.awards"
    label = "awards"
