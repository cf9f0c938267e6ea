from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    name = "medkarta.patients"

    def ready(self) -> None:
        from medkarta.audit import texts

        texts.register(
            {
                "patients.represent": _("открыт доступ к карте: сведения Госуслуг"),
                "patients.doubt_representation": _("доступ родителя ждёт подтверждения: Госуслуги не назвали ребёнка"),
                "patients.refuse_child": _("доступ не открыт: чужой СНИЛС в сведениях о ребёнке"),
                "patients.close_mistaken": _("доступ родителя закрыт: его сведения не сходятся с вашими"),
                "patients.replace_self": _("доступ закрыт: у владельца входа теперь другой СНИЛС"),
                "patients.unlink": _("запись медицинской организации отвязана от карты"),
                "patients.end_representation": _("доступ родителя закрыт: исполнилось 18 лет"),
                "patients.demo_link": _("карта связана с демонстрационным входом"),
            }
        )
