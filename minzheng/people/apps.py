from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "minzheng.people"
    label = "people"
